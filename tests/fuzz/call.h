/* SPDX-License-Identifier: MIT */
/* Makes one step of a program, through the kernel's functions or the shim's. */
#ifndef NSC_FUZZ_CALL_H
#define NSC_FUZZ_CALL_H

#include <stdbool.h>

#include "doors.h"
#include "program.h"

struct fuzz_result {
	long value;
	int error;    /* errno after the call, even after a success */
	bool omitted; /* the call was not made: see is_omitted() */
	bool spoiled; /* the call has changed memory that it must not change */
	long more[2]; /* other results: lengths, data, events */
};

/* Maps the memory for the programs' arguments. */
void fuzz_call_prepare(void);

/* `limit` is the soft RLIMIT_NOFILE during the call; FUZZ_LIMIT changes it. */
void fuzz_call(const struct fuzz_step *step, const struct fuzz_doors *doors, int *limit,
	       struct fuzz_result *result);

/* In call_files.c: a step on a descriptor rather than a socket. */
long fuzz_call_file(const struct fuzz_step *step, struct fuzz_result *result);

/* Makes calls that would block on this socket return after a clock tick. */
void fuzz_let_nothing_wait(int fd);

/* The harness's own limit. */
enum { FUZZ_NO_LIMIT = 1024 };

#endif
