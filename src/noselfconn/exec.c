/* SPDX-License-Identifier: MIT */
/* Finds and runs a program by its name, as shells do (POSIX, Shell Command Language 2.9.1.4). */
#include "exec.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Shells look at as many bytes before they take a file for a script. */
enum { TEXT_SAMPLE_SIZE = 80 };

/* Returns 0, or -ENOENT or -EACCES as exec_find() does. */
static int may_run(const char *path)
{
	struct stat status;

	if (stat(path, &status))
		return -ENOENT; /* shells report a folder without search permission so, too */
	if (!S_ISREG(status.st_mode) || faccessat(AT_FDCWD, path, X_OK, AT_EACCESS))
		return -EACCES;
	return 0;
}

static int find_in(const char *directories, const char *name, char *path)
{
	int worst = -ENOENT;

	for (const char *at = directories;; at++) {
		size_t length = strcspn(at, ":");
		/* An empty entry means the current directory. */
		int size = length ? snprintf(path, PATH_MAX, "%.*s/%s", (int)length, at, name)
				  : snprintf(path, PATH_MAX, "./%s", name);

		if (size > 0 && size < PATH_MAX) {
			int result = may_run(path);

			if (result == 0)
				return 0;
			if (result == -EACCES)
				worst = result;
		}
		at += length;
		if (!*at)
			return worst;
	}
}

int exec_find(const char *name, char *path)
{
	const char *directories = getenv("PATH");
	char usual[256];

	if (!*name)
		return -ENOENT;
	if (strchr(name, '/')) {
		if (strlen(name) >= PATH_MAX)
			return -ENAMETOOLONG;
		strcpy(path, name);
		return 0;
	}
	if (!directories) {
		confstr(_CS_PATH, usual, sizeof usual);
		directories = usual;
	}
	return find_in(directories, name, path);
}

bool exec_is_text(int fd)
{
	char sample[TEXT_SAMPLE_SIZE];
	ssize_t size = pread(fd, sample, sizeof sample, 0);
	const char *end;

	if (size < 0 || (size >= 4 && memcmp(sample, "\177ELF", 4) == 0) ||
	    (size >= 2 && memcmp(sample, "#!", 2) == 0))
		return false;
	end = memchr(sample, '\n', (size_t)size);
	return !memchr(sample, '\0', end ? (size_t)(end - sample) : (size_t)size);
}

static bool is_text(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	bool text = fd >= 0 && exec_is_text(fd);

	if (fd >= 0)
		close(fd);
	return text;
}

/* Runs a text without a #! line: the shell's name and the path replace arguments[0]. */
static int run_shell(const char *path, char **arguments)
{
	size_t count = 0;
	const char **with_shell;

	while (arguments[count])
		count++;
	with_shell = calloc(count + 2, sizeof *with_shell);
	if (!with_shell)
		return -ENOMEM;
	with_shell[0] = EXEC_SHELL;
	with_shell[1] = path;
	memcpy(with_shell + 2, arguments + 1, (count - 1) * sizeof *arguments);
	execv(EXEC_SHELL, (char *const *)(void *)with_shell);
	free(with_shell);
	return -errno;
}

int exec_run(const char *path, char **arguments)
{
	int error;

	execv(path, arguments);
	error = errno;
	if (error == ENOEXEC && is_text(path))
		return run_shell(path, arguments);
	return -error;
}
