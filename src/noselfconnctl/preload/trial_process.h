/* SPDX-License-Identifier: MIT */
/* Runs one program of a trial run, with a time limit. */
#ifndef NSC_TRIAL_PROCESS_H
#define NSC_TRIAL_PROCESS_H

#include <stdbool.h>

enum {
	TRIAL_SECONDS = 10,
	TRIAL_NOT_EXECUTED = 126 /* the exit status if execve(2) fails; the output says why */
};

struct trial_process {
	char *const *arguments; /* end with NULL; the first one is the path */
	char *const *environment;
	bool as_nobody; /* drop root's privileges first */
	int output;     /* for standard output and standard error */
};

/*
 * Runs the program and waits for it. SIGCHLD must be blocked. Returns 0, and *status is
 * waitpid(2)'s; -ETIME if it ran for more than TRIAL_SECONDS and was killed; -errno.
 */
int trial_process_run(const struct trial_process *process, int *status);

#endif
