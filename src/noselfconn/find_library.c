/* SPDX-License-Identifier: MIT */
/* Finds the library of noselfconn(1). */
#include "find_library.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "message.h"

/* glibc splits LD_PRELOAD at spaces and colons, musl at all white space. ld.so expands $NAMES. */
static const char unusable[] = ": \t\n\v\f\r$";

static bool exists(char *path, const char *directory, const char *rest)
{
	int size = snprintf(path, PATH_MAX, "%s%s/" FIND_LIBRARY_NAME, directory, rest);

	return size > 0 && size < PATH_MAX && access(path, F_OK) == 0;
}

/* $(bindir) and $(libdir) without their common start: "/bin" and "/lib/x86_64-linux-gnu". */
static void own_ends(const char **bin, const char **lib)
{
	static const char bindir[] = NSC_BINDIR, libdir[] = NSC_LIBDIR;
	size_t common = 0;

	for (size_t i = 0; bindir[i] && bindir[i] == libdir[i]; i++)
		if (bindir[i] == '/')
			common = i;
	*bin = bindir + common;
	*lib = libdir + common;
}

/* Finds the library that belongs to the command at `program`, an absolute path. */
static bool find_beside(const char *program, char *path)
{
	char directory[PATH_MAX];
	const char *bin, *lib;
	char *slash, *end;

	if (strlen(program) >= sizeof directory)
		return false;
	strcpy(directory, program);
	slash = strrchr(directory, '/');
	if (!slash)
		return false;
	*slash = '\0';
	if (exists(path, directory, "/.libs"))
		return true;
	own_ends(&bin, &lib);
	if (strlen(directory) < strlen(bin))
		return false;
	end = slash - strlen(bin);
	if (strcmp(end, bin) != 0)
		return false;
	*end = '\0';
	return exists(path, directory, lib);
}

static bool find_beside_command(char *path)
{
	char program[PATH_MAX];
	ssize_t size = readlink("/proc/self/exe", program, sizeof program - 1);

	if (size < 0)
		return false;
	program[size] = '\0';
	return find_beside(program, path);
}

/*
 * The same library by the way in which the user called the command. A symbolic link can lead to a
 * folder whose own path LD_PRELOAD cannot hold.
 */
static bool find_by_call(const char *library, char *path)
{
	const char *called = (const char *)getauxval(AT_EXECFN);
	char folder[PATH_MAX], *program;
	struct stat wanted, found;
	bool same;

	if (!called || !getcwd(folder, sizeof folder))
		return false;
	program = *called == '/' ? message_format("%s", called)
				 : message_format("%s/%s", folder, called);
	same = find_beside(program, path) && !strpbrk(path, unusable) && stat(path, &found) == 0 &&
	       stat(library, &wanted) == 0 && found.st_dev == wanted.st_dev &&
	       found.st_ino == wanted.st_ino;
	free(program);
	return same;
}

int find_library(struct library *library)
{
	char by_call[PATH_MAX];
	int fd, result;

	if (!find_beside_command(library->path) && !exists(library->path, NSC_LIBDIR, ""))
		return -ENOENT;
	if (strpbrk(library->path, unusable) && find_by_call(library->path, by_call))
		strcpy(library->path, by_call);
	fd = open(library->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	result = elf_read_abi(fd, &library->abi);
	close(fd);
	return result;
}

bool find_library_has_usable_path(const struct library *library)
{
	return !strpbrk(library->path, unusable);
}
