/* SPDX-License-Identifier: MIT */
/* A library with nothing in it: what it costs, any preloaded library does. */
extern int nothing;
