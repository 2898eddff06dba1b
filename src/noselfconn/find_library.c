/* SPDX-License-Identifier: MIT */
/* Finds the library of noselfconn(1), and the word for it in LD_PRELOAD (ld.so(8)). */
#include "find_library.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "message.h"

#define NAME "libnoselfconn.so"

/* glibc splits LD_PRELOAD at spaces and colons, musl at all white space. ld.so expands $NAMES. */
static const char separators[] = ": \t\n\v\f\r";
static const char unusable[] = ": \t\n\v\f\r$";

static bool exists(char *path, const char *directory, const char *rest)
{
	int size = snprintf(path, PATH_MAX, "%s%s/" NAME, directory, rest);

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

/* Returns true if LD_PRELOAD has this word. */
static bool is_preloaded(const char *word)
{
	const char *list = getenv("LD_PRELOAD");
	size_t length = strlen(word);

	while (list && *list) {
		size_t size = strcspn(list, separators);

		if (size == length && memcmp(list, word, size) == 0)
			return true;
		list += size + (list[size] != '\0');
	}
	return false;
}

/* Returns true if `handle` is the library's file. *loaded_as becomes ld.so's name for it. */
static bool is_library(void *handle, const struct library *library, const char **loaded_as)
{
	struct stat wanted, found;
	struct link_map *map;

	if (!handle || dlinfo(handle, RTLD_DI_LINKMAP, &map))
		return false;
	*loaded_as = map->l_name;
	return stat(map->l_name, &found) == 0 && stat(library->path, &wanted) == 0 &&
	       found.st_dev == wanted.st_dev && found.st_ino == wanted.st_ino;
}

static enum library_word try_words(const struct library *library)
{
	void *handle = dlopen(NAME, RTLD_LAZY | RTLD_NOLOAD);
	const char *loaded_as;

	if (handle) {
		/* ld.so does not search for a name that it has loaded, so the name alone proves
		 * nothing here. */
		if (is_library(handle, library, &loaded_as) &&
		    (is_preloaded(NAME) || is_preloaded(loaded_as)))
			return LIBRARY_KEPT;
	} else if (is_library(dlopen(NAME, RTLD_LAZY), library, &loaded_as)) {
		return LIBRARY_NAME;
	}
	if (!find_library_has_usable_path(library)) {
		message_error("LD_PRELOAD cannot hold the path '%s': it has no quotes for white "
			      "space, colons and dollar signs; move noselfconn and its library to "
			      "another folder, or call it through a symbolic link to this one",
			      library->path);
		return LIBRARY_NONE;
	}
	if (dlopen(library->path, RTLD_LAZY))
		return LIBRARY_PATH;
	message_error("%s", dlerror());
	return LIBRARY_NONE;
}

__attribute__((noreturn)) static void try_and_tell(const struct library *library, int pipe)
{
	char *preload = getenv("LD_PRELOAD"),
	     *only_preload[] = {preload ? preload - strlen("LD_PRELOAD=") : NULL, NULL};
	unsigned char word;

	/* Without settings: the library would report those that it does not understand. */
	environ = only_preload;
	word = (unsigned char)try_words(library);
	_exit(write(pipe, &word, 1) != 1);
}

enum library_word find_library_word(const struct library *library)
{
	unsigned char word = LIBRARY_NONE;
	int ends[2];
	ssize_t size;
	pid_t child;

	/* In a child process: a damaged library may kill it, and a loaded library stays loaded. */
	if (pipe2(ends, O_CLOEXEC))
		goto failed;
	/* fork(2) without an exit signal: the command must not find a SIGCHLD of ours pending. */
	child = (pid_t)syscall(SYS_clone, 0L, 0L, 0L, 0L, 0L);
	if (child < 0)
		goto failed;
	if (child == 0)
		try_and_tell(library, ends[1]);
	close(ends[1]);
	size = read(ends[0], &word, 1);
	close(ends[0]);
	waitpid(child, NULL, __WALL);
	if (size != 1)
		message_error("'%s' is damaged: it kills programs that load it", library->path);
	return size == 1 ? (enum library_word)word : LIBRARY_NONE;
failed:
	message_error("cannot try '%s': %s", library->path, strerror(errno));
	return LIBRARY_NONE;
}

int find_library_preload(const struct library *library, enum library_word word)
{
	const char *before = getenv("LD_PRELOAD");
	const char *text = word == LIBRARY_NAME ? NAME : library->path;
	char *list;
	int result;

	if (word == LIBRARY_KEPT || is_preloaded(text))
		return 0;
	if (asprintf(&list, "%s%s%s", text, before && *before ? ":" : "", before ? before : "") < 0)
		return -ENOMEM;
	result = setenv("LD_PRELOAD", list, 1) ? -errno : 0;
	free(list);
	return result;
}
