/* SPDX-License-Identifier: MIT */
/* Trial runs: do programs start, and without a word from ld.so? */
#include "preload/trial.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "root.h"
#include "message.h"
#include "preload/trial_namespace.h"
#include "preload/verdict.h"

enum { NOBODY = 65534 };

static void become_nobody(void)
{
	/* In a user namespace there may be nobody else to be. */
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		return;
}

static void run(const struct trial *trial, const struct trial_program *program, int out)
{
	char *const environment[] = {
		message_format("PATH=/usr/sbin:/usr/bin:/sbin:/bin"),
		message_format("LC_ALL=C"),
		message_format("%s",
			       trial_traces(program) ? "LD_TRACE_LOADED_OBJECTS=1" : "TERM=dumb"),
		message_format("%s", program->kind == TRIAL_ABI ? "LD_WARN=yes" : "LANG=C"),
		message_format("%s", program->kind == TRIAL_ABI ? "LD_BIND_NOW=yes" : "LANGUAGE=C"),
		trial->place == TRIAL_PRELOADED ? message_format("LD_PRELOAD=%s", trial->preload)
						: NULL,
		NULL,
	};
	char *arguments[4];
	sigset_t none;

	memcpy(arguments, program->arguments, sizeof arguments);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (program->as_nobody && geteuid() == 0)
		become_nobody();
	/* Whatever ends us is not to leave a hanging program behind. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (dup2(out, STDOUT_FILENO) >= 0 && dup2(out, STDERR_FILENO) >= 0)
		execve(arguments[0], arguments, environment);
	dprintf(STDERR_FILENO, "%s\n", strerror(errno));
	_exit(VERDICT_NOT_RUN);
}

/* Returns false where it had to be killed. SIGCHLD is blocked. */
static bool wait_for(pid_t child, int *status)
{
	struct timespec now, end;
	sigset_t ended;

	sigemptyset(&ended);
	sigaddset(&ended, SIGCHLD);
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += TRIAL_SECONDS;
	while (waitpid(child, status, WNOHANG) == 0) {
		struct timespec left;

		clock_gettime(CLOCK_MONOTONIC, &now);
		left.tv_sec = end.tv_sec - now.tv_sec;
		left.tv_nsec = 0;
		if (left.tv_sec <= 0) {
			kill(child, SIGKILL);
			waitpid(child, status, 0);
			return false;
		}
		sigtimedwait(&ended, NULL, &left);
	}
	return true;
}

/* Returns false for one that hung. */
static bool run_one(const struct trial *trial, const struct trial_program *program,
		    struct trial_result *result)
{
	int status = 0, out = memfd_create("output", MFD_CLOEXEC);
	bool over = true;
	pid_t child = out < 0 ? -1 : fork();

	result->words[0] = '\0';
	result->started = true;
	if (child == 0)
		run(trial, program, out);
	if (child < 0) {
		snprintf(result->words, sizeof result->words, "not run: %s", strerror(errno));
	} else if (!(over = wait_for(child, &status))) {
		snprintf(result->words, sizeof result->words,
			 "not over after %d seconds, and killed", TRIAL_SECONDS);
	} else {
		verdict(trial, program, status, out, result);
	}
	if (out >= 0)
		close(out);
	return over;
}

struct shared {
	int error;
	struct trial_result results[TRIAL_MOST];
};

static void run_all(const struct trial *trial, const struct trial_program *programs, size_t count,
		    struct shared *shared)
{
	/* Not /dev/null, which an image or a chroot may lack: this reads as an empty file too. */
	int input = memfd_create("input", MFD_CLOEXEC), error = 0;
	sigset_t ended;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setsid();
	if (input >= 0)
		dup2(input, STDIN_FILENO);
	sigemptyset(&ended);
	sigaddset(&ended, SIGCHLD);
	sigprocmask(SIG_BLOCK, &ended, NULL);
	if (trial->place == TRIAL_STAGED)
		error = stage_enter();
	if (!error)
		error = root_become();
	if (!error && trial->place == TRIAL_STAGED)
		error = stage_put(trial->bytes, trial->size);
	for (size_t i = 0; i < count; i++)
		snprintf(shared->results[i].words, sizeof shared->results->words,
			 "not tried, because another hung");
	/* After one that hung, the others would most likely only take their time as well. */
	for (size_t i = 0; i < count && !error; i++)
		if (!run_one(trial, &programs[i], &shared->results[i]))
			break;
	shared->error = error;
	_exit(0);
}

int trial_run(const struct trial *trial, const struct trial_program *programs, size_t count,
	      struct trial_result *results)
{
	struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int error = 0, status;
	pid_t child;

	if (shared == MAP_FAILED)
		return -errno;
	shared->error = -ECHILD;
	child = fork();
	if (child == 0)
		run_all(trial, programs, count, shared);
	if (child < 0 || waitpid(child, &status, 0) < 0)
		error = -errno;
	else
		error = shared->error;
	memcpy(results, shared->results, count * sizeof *results);
	munmap(shared, sizeof *shared);
	return error;
}
