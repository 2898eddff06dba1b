/* SPDX-License-Identifier: MIT */
/* An empty library: the cost of any preloaded library. */
extern int nothing;
