/* SPDX-License-Identifier: MIT */
/* Waits for a child process, with a time limit. */
#ifndef NSC_CHILD_WAIT_H
#define NSC_CHILD_WAIT_H

#include <sys/types.h>

/*
 * SIGCHLD must be blocked. Returns 0, and *status is waitpid(2)'s; or -ETIME if the child ran for
 * `seconds` and was killed.
 */
int child_wait(pid_t child, long seconds, int *status);

#endif
