/* SPDX-License-Identifier: MIT */
/* Two runs of one program: where they differ, and how that is told. */
#ifndef NSC_FUZZ_COMPARE_H
#define NSC_FUZZ_COMPARE_H

#include "trace.h"

/* Whether both runs have shown the same. */
bool fuzz_same(const struct fuzz_trace *raw, const struct fuzz_trace *shim);

/* Prints the program, each call with both results, and whatever differs, to standard output. */
void fuzz_tell(const struct fuzz_program *program, const char *mode, const struct fuzz_trace *raw,
	       const struct fuzz_trace *shim, const struct fuzz_prevented prevented[FUZZ_STEPS]);

#endif
