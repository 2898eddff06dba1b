/* SPDX-License-Identifier: MIT */
/* Runs one program of a trial run, with a time limit. */
#include "preload/trial_process.h"

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "child_wait.h"

enum { NOBODY = 65534 };

static void become_nobody(void)
{
	/* A user namespace may have no other users: then run it as root after all. */
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		return;
}

static void execute(const struct trial_process *process)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (process->as_nobody && geteuid() == 0)
		become_nobody();
	/* If noselfconnctl is killed, a program that hangs must not stay behind. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (dup2(process->output, STDOUT_FILENO) >= 0 && dup2(process->output, STDERR_FILENO) >= 0)
		execve(process->arguments[0], process->arguments, process->environment);
	dprintf(STDERR_FILENO, "%s\n", strerror(errno));
	_exit(TRIAL_NOT_EXECUTED);
}

int trial_process_run(const struct trial_process *process, int *status)
{
	pid_t child = fork();

	if (child < 0)
		return -errno;
	if (child == 0)
		execute(process);
	return child_wait(child, TRIAL_SECONDS, status);
}
