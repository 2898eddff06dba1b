/* SPDX-License-Identifier: MIT */
/* Keeps the history of a program's sockets that the kernel does not report. */
#ifndef NSC_FUZZ_HISTORY_H
#define NSC_FUZZ_HISTORY_H

#include "trace.h"

/* A set of sockets, by cookie. */
struct fuzz_set {
	unsigned count;
	uint64_t cookie[FUZZ_STEPS];
};

/* What the reference must know about a program's sockets beyond the kernel's reports. */
struct fuzz_history {
	struct fuzz_set own;     /* the program bound a port, so self-connections are deliberate */
	struct fuzz_set touched; /* a self-connection was prevented */
	struct fuzz_set stale;   /* the same, without another attempt */
	struct fuzz_set unbound; /* the same, and fuzz_unbind() was needed */
	struct fuzz_set remade;  /* deliberate self-connections, which the shim makes twice */
};

bool fuzz_is_in(const struct fuzz_set *set, uint64_t cookie);
void fuzz_add(struct fuzz_set *set, uint64_t cookie);

/* The descriptors whose sockets are in the set, one bit each. */
uint64_t fuzz_bits_of(const struct fuzz_set *set, const struct fuzz_moment *moment);

/* Can this step's call connect? */
bool fuzz_connects(const struct fuzz_step *step);

/*
 * Updates the history after a step. `prevented` means that a self-connection was prevented in it.
 */
void fuzz_note(struct fuzz_history *history, const struct fuzz_step *step,
	       const struct fuzz_result *result, bool prevented);

#endif
