/* SPDX-License-Identifier: MIT */
/* What has happened to the sockets of a program, as far as the kernel does not tell. */
#ifndef NSC_FUZZ_HISTORY_H
#define NSC_FUZZ_HISTORY_H

#include "trace.h"

/* Sockets, by cookie. */
struct fuzz_set {
	unsigned count;
	uint64_t cookie[FUZZ_STEPS];
};

/* What the reference has to know of a program's sockets that the kernel does not tell. */
struct fuzz_history {
	struct fuzz_set
		own; /* bound by the program to a port: what they connect to is its own affair */
	struct fuzz_set touched; /* have had a self-connection prevented */
	struct fuzz_set stale;   /* the same, and no connection was tried in its place */
	struct fuzz_set unbound; /* the same, and it took fuzz_unbind() */
	struct fuzz_set
		remade; /* are connected to themselves deliberately: the shim does that twice */
};

bool fuzz_is_in(const struct fuzz_set *set, uint64_t cookie);
void fuzz_add(struct fuzz_set *set, uint64_t cookie);

/* The descriptors whose sockets are in the set, a bit for each. */
uint64_t fuzz_bits_of(const struct fuzz_set *set, const struct fuzz_moment *moment);

/* Is this one of the calls that can connect? */
bool fuzz_connects(const struct fuzz_step *step);

/* Keeps the history, after a step; `prevented`: it would have connected to itself. */
void fuzz_note(struct fuzz_history *history, const struct fuzz_step *step,
	       const struct fuzz_result *result, bool prevented);

#endif
