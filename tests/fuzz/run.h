/* SPDX-License-Identifier: MIT */
/* What both ways of running a program have in common. */
#ifndef NSC_FUZZ_RUN_H
#define NSC_FUZZ_RUN_H

#include "trace.h"

/* The last step's moment; an empty one where there was no step. */
const struct fuzz_moment *fuzz_last_of(const struct fuzz_trace *trace);

/* Looks at all descriptors after the step whose result is in the next moment of the trace. */
void fuzz_look_after(struct fuzz_trace *trace);

/* Closes all that is open; whatever is connected is reset, so that nothing of it stays. */
void fuzz_close_all(const struct fuzz_trace *trace);

/* The last look, thorough for the sockets of the descriptors in `touched`; then closes all. */
void fuzz_end(const struct fuzz_program *program, struct fuzz_trace *trace, uint64_t touched);

#endif
