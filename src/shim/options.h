/* SPDX-License-Identifier: MIT */
/* Every socket option that a caller can have set before connect(), and what a twin does about it.
 */
#ifndef NSC_OPTIONS_H
#define NSC_OPTIONS_H

#include <stddef.h>

enum nsc_option_rule {
	NSC_OPTION_COPY, /* set on the twin where it differs from a fresh socket's, read back,
			    compared */
	NSC_OPTION_SAME, /* cannot be carried: where it differs from a fresh socket's there is no
			    twin */
};

/*
 * What any fresh socket reads, if its kernel has the option: 0 (or nothing at all), 1, or -1 for
 * all bits set. Only what no configuration changes: with sysctl(8), or a BPF program that sees the
 * socket made, it is ASK.
 */
enum nsc_option_fresh { NSC_FRESH_ASK = 2 };

struct nsc_option {
	unsigned char level, option, rule;
	signed char fresh;
};

/* In the order in which they are to be set. Not among them: the buffers' sizes, see twin.c. */
extern const struct nsc_option nsc_options[];
extern const size_t nsc_option_count;

/* What nsc_getsockopt() is given room for: more than any of them takes. */
enum { NSC_OPTION_SIZE = 128 };

#endif
