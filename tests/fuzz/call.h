/* SPDX-License-Identifier: MIT */
/* One step of a program, made by the kernel's doors or the shim's. */
#ifndef NSC_FUZZ_CALL_H
#define NSC_FUZZ_CALL_H

#include <stdbool.h>

#include "doors.h"
#include "program.h"

struct fuzz_result {
	long value;
	int error;    /* errno after the call, whatever the value */
	bool omitted; /* it was not made: see is_omitted() */
	bool spoiled; /* memory of the caller's has changed that the call has no business to change
		       */
	long more[2]; /* what else the call says: lengths, data, events */
};

/* Maps the memory that the programs' arguments lie in. */
void fuzz_call_prepare(void);

/* `limit` is the soft RLIMIT_NOFILE during the call; FUZZ_LIMIT changes it. */
void fuzz_call(const struct fuzz_step *step, const struct fuzz_doors *doors, int *limit,
	       struct fuzz_result *result);

/* call_files.c: a step that concerns a descriptor rather than a socket. */
long fuzz_call_file(const struct fuzz_step *step, struct fuzz_result *result);

/* A call that would block on this socket returns after a tick. */
void fuzz_let_nothing_wait(int fd);

/* No limit but the harness's own. */
enum { FUZZ_NO_LIMIT = 1024 };

#endif
