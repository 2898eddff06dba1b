/* SPDX-License-Identifier: MIT */
/* Waits for a child process, with a time limit. */
#include "child_wait.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

int child_wait(pid_t child, long seconds, int *status)
{
	struct timespec now, end;
	sigset_t ended;

	sigemptyset(&ended);
	sigaddset(&ended, SIGCHLD);
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += seconds;
	while (waitpid(child, status, WNOHANG) == 0) {
		struct timespec left;

		clock_gettime(CLOCK_MONOTONIC, &now);
		left.tv_sec = end.tv_sec - now.tv_sec;
		left.tv_nsec = 0;
		if (left.tv_sec <= 0) {
			kill(child, SIGKILL);
			waitpid(child, status, 0);
			return -ETIME;
		}
		sigtimedwait(&ended, NULL, &left);
	}
	return 0;
}
