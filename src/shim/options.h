/* SPDX-License-Identifier: MIT */
/* All socket options that a caller can set before connect(), with what a twin does about each. */
#ifndef NSC_OPTIONS_H
#define NSC_OPTIONS_H

#include <stddef.h>

enum nsc_option_rule {
	NSC_OPTION_COPY, /* if it differs from a fresh socket's: set, read back, compared */
	NSC_OPTION_SAME, /* if it differs from a fresh socket's: no twin, for it cannot be carried
			  */
};

/*
 * The value that every fresh socket has: 0 (or no bytes), 1, or -1 for all bits set. It is ASK if
 * sysctl(8), or a BPF program that runs when a socket is made, can change the value.
 */
enum nsc_option_fresh { NSC_FRESH_ASK = 2 };

struct nsc_option {
	unsigned char level, option, rule;
	signed char fresh;
};

/* In the order in which they must be set. twin.c handles the sizes of the buffers. */
extern const struct nsc_option nsc_options[];
extern const size_t nsc_option_count;

/* The room in bytes for one value. A longer value counts as one that cannot be carried. */
enum { NSC_OPTION_SIZE = 128 };

#endif
