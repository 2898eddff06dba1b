/* SPDX-License-Identifier: MIT */
/* Trial runs: do programs start, and without a word from ld.so? */
#ifndef NSC_TRIAL_H
#define NSC_TRIAL_H

#include <stdbool.h>
#include <stddef.h>

#include "elf_abi.h"

enum { TRIAL_MOST = 16, TRIAL_SECONDS = 10 };

enum trial_kind {
	TRIAL_PLAIN,
	TRIAL_LOADS, /* ld.so tells what it loads, by LD_TRACE_LOADED_OBJECTS, and runs nothing */
	TRIAL_SETUID,
	TRIAL_ABI, /* an ABI's ld.so tells the same of one of its libraries, relocations included
		      (as ldd -r does) */
};

struct trial_program {
	enum trial_kind kind;
	struct elf_abi abi;
	bool as_nobody; /* not as root, whose own programs hide what others may not read */
	const char *arguments[4]; /* ended by NULL; the first is the path as seen in the root */
	const char *name;         /* for messages */
};

enum trial_place {
	TRIAL_STAGED,    /* with `bytes` as /etc/ld.so.preload, seen by nobody else */
	TRIAL_PRELOADED, /* with `preload` as LD_PRELOAD, in addition to what is in force; setuid
			    programs ignore it */
	TRIAL_IN_FORCE,  /* as the root is */
};

struct trial {
	enum trial_place place;
	const char *bytes;
	size_t size;
	const char *preload;
	const char *wanted; /* what TRIAL_LOADS must show: the name of a file; NULL for nothing in
			       particular */
};

struct trial_result {
	bool passed;
	bool started; /* execve(2) took it: all that fails then may be ld.so's or a library's doing
		       */
	char words[504]; /* why not; or, from TRIAL_LOADS, the path of what was wanted */
};

/*
 * Runs each program, in the root, by fork(2) and execve(2), with an environment of its own; kills
 * what is not over after TRIAL_SECONDS. A program has passed when its exit status is 0 and ld.so
 * has found no fault. Returns 0 with a result for each, or -errno where the place could not be
 * made: nothing has been run then.
 */
int trial_run(const struct trial *trial, const struct trial_program *programs, size_t count,
	      struct trial_result *results);

#endif
