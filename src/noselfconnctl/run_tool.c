/* SPDX-License-Identifier: MIT */
/* Running one of the machine's own tools, without a shell and with a time limit. */
#include "run_tool.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child_wait.h"
#include "message.h"

#define TOOL_PATH "/usr/sbin:/usr/bin:/sbin:/bin"

/* Files rather than pipes: the tool never waits for us, and we only wait for its end. */
struct files {
	int input, output, errors;
};

static int open_files(struct files *files, const char *input)
{
	size_t size = strlen(input);

	files->input = memfd_create("input", MFD_CLOEXEC);
	files->output = memfd_create("output", MFD_CLOEXEC);
	files->errors = memfd_create("errors", MFD_CLOEXEC);
	if (files->input < 0 || files->output < 0 || files->errors < 0)
		return -errno;
	if (pwrite(files->input, input, size, 0) != (ssize_t)size)
		return -EIO;
	return 0;
}

static void close_files(const struct files *files)
{
	if (files->input >= 0)
		close(files->input);
	if (files->output >= 0)
		close(files->output);
	if (files->errors >= 0)
		close(files->errors);
}

static int read_file(int fd, char **text)
{
	struct stat status;
	size_t size;

	if (fstat(fd, &status))
		return -errno;
	if (status.st_size > RUN_TOOL_OUTPUT)
		return -EFBIG;
	size = (size_t)status.st_size;
	*text = memory_or_exit(malloc(size + 1));
	if (pread(fd, *text, size, 0) != (ssize_t)size)
		return -EIO;
	(*text)[size] = '\0';
	return 0;
}

static int start(const char *const arguments[], const struct files *files, pid_t *child)
{
	static char path[] = "PATH=" TOOL_PATH, locale[] = "LC_ALL=C";
	char *const environment[] = {path, locale, NULL};
	char *copies[RUN_TOOL_ARGUMENTS + 1] = {NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	size_t i = 0;
	int error;

	sigemptyset(&none);
	setenv("PATH", TOOL_PATH, 1); /* posix_spawnp(3) searches the caller's */
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, files->input, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, files->output, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, files->errors, STDERR_FILENO);
	do
		copies[i] = message_format("%s", arguments[i]);
	while (++i < RUN_TOOL_ARGUMENTS && arguments[i]);
	error = posix_spawnp(child, copies[0], &actions, &attributes, copies, environment);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return -error;
}

static void trim(char *text)
{
	size_t size = strlen(text);

	while (size && text[size - 1] == '\n')
		text[--size] = '\0';
}

static int run_with(const char *const arguments[], const struct files *files, struct tool_run *run)
{
	sigset_t ended, before;
	int error, status = 0;
	pid_t child;

	sigemptyset(&ended);
	sigaddset(&ended, SIGCHLD);
	sigprocmask(SIG_BLOCK, &ended, &before);
	error = start(arguments, files, &child);
	if (!error)
		error = child_wait(child, RUN_TOOL_SECONDS, &status);
	sigprocmask(SIG_SETMASK, &before, NULL);
	run->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	if (!error)
		error = read_file(files->output, &run->output);
	if (!error)
		error = read_file(files->errors, &run->errors);
	if (!error)
		trim(run->errors);
	return error;
}

int run_tool(const char *const arguments[], const char *input, struct tool_run *run)
{
	struct files files;
	int error = open_files(&files, input);

	if (!error)
		error = run_with(arguments, &files, run);
	close_files(&files);
	return error;
}
