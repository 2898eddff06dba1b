/* SPDX-License-Identifier: MIT */
/* What both ways of running a program share. */
#ifndef NSC_FUZZ_RUN_H
#define NSC_FUZZ_RUN_H

#include "trace.h"

/* The last step's moment, or an empty one if there was no step. */
const struct fuzz_moment *fuzz_last_of(const struct fuzz_trace *trace);

/*
 * Records the state of all descriptors after the step whose result is in the trace's next moment.
 */
void fuzz_look_after(struct fuzz_trace *trace);

/* Closes all descriptors and resets connections, so that nothing remains. */
void fuzz_close_all(const struct fuzz_trace *trace);

/*
 * Records the last state, thoroughly for the sockets of the descriptors in `touched`; then closes
 * all.
 */
void fuzz_end(const struct fuzz_program *program, struct fuzz_trace *trace, uint64_t touched);

#endif
