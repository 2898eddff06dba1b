/* SPDX-License-Identifier: MIT */
/* Compares two runs of one program and describes the differences. */
#ifndef NSC_FUZZ_COMPARE_H
#define NSC_FUZZ_COMPARE_H

#include "trace.h"

/* Did both runs give the same results? */
bool fuzz_same(const struct fuzz_trace *raw, const struct fuzz_trace *shim);

/* Prints the program with both results of each call, and every difference, to standard output. */
void fuzz_tell(const struct fuzz_program *program, const char *mode, const struct fuzz_trace *raw,
	       const struct fuzz_trace *shim, const struct fuzz_prevented prevented[FUZZ_STEPS]);

#endif
