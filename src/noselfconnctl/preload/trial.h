/* SPDX-License-Identifier: MIT */
/* Trial runs: do programs start, and does ld.so print no error? */
#ifndef NSC_TRIAL_H
#define NSC_TRIAL_H

#include <stdbool.h>
#include <stddef.h>

#include "elf_abi.h"

enum { TRIAL_MOST = 16 };

enum trial_kind {
	TRIAL_PLAIN,
	TRIAL_LOADS, /* with LD_TRACE_LOADED_OBJECTS: ld.so lists what it loads, and runs nothing */
	TRIAL_SETUID,
	TRIAL_ABI /* ld.so of one ABI lists the same for a library, and relocates it like ldd -r */
};

struct trial_program {
	enum trial_kind kind;
	struct elf_abi abi;
	bool as_nobody;           /* root can read files that other users cannot */
	const char *arguments[4]; /* end with NULL; the first one is the path in the root */
	const char *name;         /* for messages */
};

enum trial_place {
	TRIAL_IN_NAMESPACE, /* `bytes` are /etc/ld.so.preload in a mount namespace of its own */
	TRIAL_PRELOADED,    /* `preload` is LD_PRELOAD, besides what is in force; setuid programs
			       ignore it */
	TRIAL_IN_FORCE      /* with the root's own /etc/ld.so.preload */
};

struct trial {
	enum trial_place place;
	const char *bytes;
	size_t size;
	const char *preload;
	const char *wanted; /* a file name that ld.so must list, or NULL */
};

struct trial_result {
	bool passed;
	bool started;     /* execve(2) succeeded, so a failure may be that of ld.so or a library */
	char fault[504];  /* why it did not pass */
	char loaded[504]; /* the path that ld.so listed for `wanted`, or "" */
};

/*
 * Runs the programs one by one in the root, with an environment of their own. A program passes if
 * its exit status is 0 and ld.so reports no error. After one that hangs, the others are not run.
 * Returns 0 and a result for each; or -errno if the place could not be made, and nothing was run.
 */
int trial_run(const struct trial *trial, const struct trial_program *programs, size_t count,
	      struct trial_result *results);

#endif
