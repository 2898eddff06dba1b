/* SPDX-License-Identifier: MIT */
/* Trial runs: do programs start, and does ld.so print no error? */
#include "preload/trial.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "message.h"
#include "preload/trial_namespace.h"
#include "preload/trial_process.h"
#include "root.h"

enum { OUTPUT_MOST = 65536 };

static char output[OUTPUT_MOST + 1];

static void read_output(int fd)
{
	ssize_t size = pread(fd, output, OUTPUT_MOST, 0);

	output[size < 0 ? 0 : size] = '\0';
}

/* The first line of the output with `part` in it, or NULL. */
static char *line_with(const char *part)
{
	const char *at = strstr(output, part);

	if (!at)
		return NULL;
	while (at > output && at[-1] != '\n')
		at--;
	at += strspn(at, " \t");
	return message_format("%.*s", (int)strcspn(at, "\n"), at);
}

/* From a line "NAME => PATH (ADDRESS)" or "PATH (ADDRESS)". */
static const char *path_in(char *line)
{
	char *arrow = strstr(line, " => ");
	char *start = arrow ? arrow + 4 : line;
	char *end = strstr(start, " (0x");

	if (end)
		*end = '\0';
	return start;
}

static bool traces(const struct trial_program *program)
{
	return program->kind == TRIAL_LOADS || program->kind == TRIAL_ABI;
}

/* Why the program did not pass, or NULL. ld.so's own words come first. */
static const char *fault_in(const struct trial_program *program, int status)
{
	static const char *const words[] = {"ERROR: ld.so:", " => not found", "undefined symbol"};
	const char *line = NULL;

	if (WIFSIGNALED(status))
		return message_format("killed by signal %d (%s)", WTERMSIG(status),
				      strsignal(WTERMSIG(status)));
	for (size_t i = 0; i < (traces(program) ? 3 : 1) && !line; i++)
		line = line_with(words[i]);
	if (line || WEXITSTATUS(status) == 0)
		return line;
	if (WEXITSTATUS(status) == TRIAL_NOT_EXECUTED)
		return message_format("cannot be run: %s", line_with(""));
	return message_format("exit status %d: %s", WEXITSTATUS(status), line_with(""));
}

static void judge(const struct trial *trial, const struct trial_program *program, int status,
		  struct trial_result *result)
{
	const char *fault = fault_in(program, status);

	if (!fault && trial->wanted && traces(program)) {
		char *line = line_with(trial->wanted);

		if (line)
			snprintf(result->loaded, sizeof result->loaded, "%s", path_in(line));
		else
			fault = message_format("ld.so does not load %s", trial->wanted);
	}
	if (fault)
		snprintf(result->fault, sizeof result->fault, "%s", fault);
	result->passed = !fault;
	result->started = WIFSIGNALED(status) || WEXITSTATUS(status) != TRIAL_NOT_EXECUTED;
}

/* Returns false for a program that hung. */
static bool run_one(const struct trial *trial, const struct trial_program *program,
		    struct trial_result *result)
{
	char *const environment[] = {
		message_format("PATH=/usr/sbin:/usr/bin:/sbin:/bin"),
		message_format("LC_ALL=C"),
		message_format("%s", traces(program) ? "LD_TRACE_LOADED_OBJECTS=1" : "TERM=dumb"),
		message_format("%s", program->kind == TRIAL_ABI ? "LD_WARN=yes" : "LANG=C"),
		message_format("%s", program->kind == TRIAL_ABI ? "LD_BIND_NOW=yes" : "LANGUAGE=C"),
		trial->place == TRIAL_PRELOADED ? message_format("LD_PRELOAD=%s", trial->preload)
						: NULL,
		NULL,
	};
	char *arguments[4];
	struct trial_process process = {arguments, environment, program->as_nobody,
					memfd_create("output", MFD_CLOEXEC)};
	int status, error = process.output < 0 ? -errno : 0;

	memcpy(arguments, program->arguments, sizeof arguments);
	*result = (struct trial_result){.started = true};
	if (!error)
		error = trial_process_run(&process, &status);
	if (error == -ETIME) {
		snprintf(result->fault, sizeof result->fault,
			 "still running after %d seconds, and killed", TRIAL_SECONDS);
	} else if (error) {
		snprintf(result->fault, sizeof result->fault, "not run: %s", strerror(-error));
	} else {
		read_output(process.output);
		judge(trial, program, status, result);
	}
	if (process.output >= 0)
		close(process.output);
	return error != -ETIME;
}

struct shared {
	int error;
	struct trial_result results[TRIAL_MOST];
};

static int make_place(const struct trial *trial)
{
	int error = root_prepare();

	if (!error && trial->place == TRIAL_IN_NAMESPACE)
		error = trial_namespace_enter();
	if (!error)
		error = root_become();
	if (!error && trial->place == TRIAL_IN_NAMESPACE)
		error = trial_namespace_cover_etc(trial->bytes, trial->size);
	return error;
}

static void run_all(const struct trial *trial, const struct trial_program *programs, size_t count,
		    struct shared *shared)
{
	/* Not /dev/null, which an image or a chroot may lack: this reads as an empty file too. */
	int input = memfd_create("input", MFD_CLOEXEC), error;
	sigset_t ended;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setsid();
	if (input >= 0)
		dup2(input, STDIN_FILENO);
	sigemptyset(&ended);
	sigaddset(&ended, SIGCHLD);
	sigprocmask(SIG_BLOCK, &ended, NULL);
	error = make_place(trial);
	for (size_t i = 0; i < count; i++)
		snprintf(shared->results[i].fault, sizeof shared->results->fault,
			 "not tried, because another program hung");
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
