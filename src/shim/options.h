/* SPDX-License-Identifier: MIT */
/* Every socket option that a caller can have set before connect(), and what a twin does about it. */
#ifndef NSC_OPTIONS_H
#define NSC_OPTIONS_H

#include <stddef.h>

enum nsc_option_rule {
	NSC_OPTION_COPY,   /* set on the twin where it differs from a fresh socket's, read back, compared */
	NSC_OPTION_ZERO,   /* the same, for what is zero on any fresh socket, whatever is configured */
	NSC_OPTION_BUFFER, /* the same, where the caller sized the buffer; the kernel doubles what it is given */
	NSC_OPTION_SAME,   /* cannot be carried: where it differs from a fresh socket's there is no twin */
	NSC_OPTION_PROOF,  /* the same, and there is no twin either where the kernel does not know the option */
};

struct nsc_option {
	unsigned char level, option, rule;
};

/* In the order in which they are to be set. */
extern const struct nsc_option nsc_options[];
extern const size_t nsc_option_count;

/* What nsc_getsockopt() is given room for: more than any of them takes. */
enum { NSC_OPTION_SIZE = 256 };

#endif
