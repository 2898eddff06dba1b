/* SPDX-License-Identifier: MIT */
/* Which libnoselfconn.so noselfconn(1) puts in front of a program, and how LD_PRELOAD can name it
 * (ld.so(8)). */
#include "find_library.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "message.h"

#define NAME "libnoselfconn.so"

enum { DESCRIPTOR_NAME_SIZE = 40 };

/* glibc's separators in LD_PRELOAD are the space and the colon, musl's all white space; $ begins
 * what ld.so expands. */
static const char separators[] = ": \t\n\v\f\r";
static const char unusable[] = ": \t\n\v\f\r$";

static bool exists(char *path, const char *directory, const char *rest)
{
	int size = snprintf(path, PATH_MAX, "%s%s/" NAME, directory, rest);

	return size > 0 && size < PATH_MAX && access(path, F_OK) == 0;
}

/* $(bindir) and $(libdir) without the directories that both begin with: "/bin" and
 * "/lib/x86_64-linux-gnu". */
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

static bool find_beside(char *path)
{
	char directory[PATH_MAX];
	const char *bin, *lib;
	char *slash, *end;
	ssize_t size = readlink("/proc/self/exe", directory, sizeof directory - 1);

	if (size < 0)
		return false;
	directory[size] = '\0';
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

int nsc_library_find(struct nsc_library *library)
{
	int fd, result;

	if (!find_beside(library->path) && !exists(library->path, NSC_LIBDIR, ""))
		return -ENOENT;
	fd = open(library->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	result = elf_read_abi(fd, &library->abi);
	close(fd);
	return result;
}

/* Does LD_PRELOAD have this very word? */
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

/* Is what dlopen() has opened the file that was found? `loaded_as` is set to what ld.so calls it.
 */
static bool is_library(void *handle, const struct nsc_library *library, const char **loaded_as)
{
	struct stat wanted, found;
	struct link_map *map;

	if (!handle || dlinfo(handle, RTLD_DI_LINKMAP, &map))
		return false;
	*loaded_as = map->l_name;
	return stat(map->l_name, &found) == 0 && stat(library->path, &wanted) == 0 &&
	       found.st_dev == wanted.st_dev && found.st_ino == wanted.st_ino;
}

/* As the program will have it. */
static void name_descriptor(char *name, size_t size, int fd)
{
	snprintf(name, size, "/proc/self/fd/%d", fd);
}

static enum nsc_naming try_descriptor(const struct nsc_library *library)
{
	char name[DESCRIPTOR_NAME_SIZE];

	name_descriptor(name, sizeof name, open(library->path, O_PATH | O_CLOEXEC));
	if (dlopen(name, RTLD_LAZY))
		return NSC_NAMING_DESCRIPTOR;
	message_error("'%s': %s", library->path, dlerror());
	return NSC_NAMING_NONE;
}

static enum nsc_naming try_here(const struct nsc_library *library)
{
	void *handle = dlopen(NAME, RTLD_LAZY | RTLD_NOLOAD);
	const char *loaded_as;

	if (handle) {
		/* ld.so would not look for it again: what it finds by the name alone cannot be told
		 * here. */
		if (is_library(handle, library, &loaded_as) &&
		    (is_preloaded(NAME) || is_preloaded(loaded_as)))
			return NSC_NAMING_KEPT;
	} else if (is_library(dlopen(NAME, RTLD_LAZY), library, &loaded_as)) {
		return NSC_NAMING_NAME;
	}
	if (strpbrk(library->path, unusable))
		return try_descriptor(library);
	if (dlopen(library->path, RTLD_LAZY))
		return NSC_NAMING_PATH;
	message_error("%s", dlerror());
	return NSC_NAMING_NONE;
}

enum nsc_naming nsc_library_try(const struct nsc_library *library)
{
	unsigned char naming = NSC_NAMING_NONE;
	int ends[2];
	ssize_t size;
	pid_t child;

	/* A damaged library may kill who loads it; and a loaded one stays. */
	if (pipe2(ends, O_CLOEXEC))
		goto failed;
	child = fork();
	if (child < 0)
		goto failed;
	if (child == 0) {
		char *preload = getenv("LD_PRELOAD"),
		     *none[] = {preload ? preload - strlen("LD_PRELOAD=") : NULL, NULL};

		/* Reports settings that it does not understand, which is the program's to see. */
		environ = none;
		naming = (unsigned char)try_here(library);
		_exit(write(ends[1], &naming, 1) != 1);
	}
	close(ends[1]);
	size = read(ends[0], &naming, 1);
	close(ends[0]);
	waitpid(child, NULL, 0);
	if (size != 1)
		message_error("'%s' is damaged: who loads it dies", library->path);
	return size == 1 ? (enum nsc_naming)naming : NSC_NAMING_NONE;
failed:
	message_error("cannot try '%s': %s", library->path, strerror(errno));
	return NSC_NAMING_NONE;
}

/*
 * A descriptor that an executed program keeps, as high as can be: far from the numbers that
 * programs use. O_PATH, so that nobody reads or writes by it.
 */
static int open_for_good(const char *path)
{
	struct rlimit limit = {1024, 1024};
	int fd = open(path, O_PATH), high;
	rlim_t top;

	if (fd < 0)
		return -errno;
	getrlimit(RLIMIT_NOFILE, &limit);
	top = limit.rlim_cur < 1024 ? limit.rlim_cur : 1024;
	high = fcntl(fd, F_DUPFD, (int)top - (int)(top / 8));
	if (high < 0)
		return fd;
	close(fd);
	return high;
}

int nsc_library_preload(const struct nsc_library *library, enum nsc_naming naming)
{
	const char *before = getenv("LD_PRELOAD"), *word = library->path;
	char descriptor[DESCRIPTOR_NAME_SIZE], *list;
	int fd, result;

	if (naming == NSC_NAMING_KEPT)
		return 0;
	if (naming == NSC_NAMING_NAME) {
		word = NAME;
	} else if (naming == NSC_NAMING_DESCRIPTOR) {
		fd = open_for_good(library->path);
		if (fd < 0)
			return fd;
		name_descriptor(descriptor, sizeof descriptor, fd);
		word = descriptor;
	}
	if (asprintf(&list, "%s%s%s", word, before && *before ? ":" : "", before ? before : "") < 0)
		return -ENOMEM;
	result = setenv("LD_PRELOAD", list, 1) ? -errno : 0;
	free(list);
	return result;
}
