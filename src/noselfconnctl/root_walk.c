/* SPDX-License-Identifier: MIT */
/* Resolves a path inside a root folder step by step, so that no link leads out of it. */
#include "root_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

/* The kernel follows 40 links: path_resolution(7). */
enum { LINKS_MOST = 40, DEPTH_MOST = 128 };

struct walk {
	/* The folders from the root to here: ".." takes the last one off, whatever was renamed. */
	int folders[DEPTH_MOST];
	size_t lengths[DEPTH_MOST]; /* of their paths */
	size_t depth;
	char path[PATH_MAX]; /* from the root to here; "" at the root */
	char rest[PATH_MAX]; /* still to be walked */
	unsigned links;
	root_visit *visit;
	void *data;
};

static int visit(const struct walk *walk, int fd)
{
	struct stat status;

	if (!walk->visit)
		return 0;
	if (fstat(fd, &status))
		return -errno;
	return walk->visit(*walk->path ? walk->path : "/", &status, walk->data);
}

static void leave_folder(struct walk *walk)
{
	close(walk->folders[walk->depth--]);
	walk->path[walk->lengths[walk->depth]] = '\0';
}

/* Takes the next name off the rest; false if there is none. */
static bool next_name(struct walk *walk, char name[NAME_MAX + 1], int *error)
{
	size_t start = strspn(walk->rest, "/"), length = strcspn(walk->rest + start, "/");

	*error = length > NAME_MAX ? -ENAMETOOLONG : 0;
	if (length == 0 || *error)
		return false;
	memcpy(name, walk->rest + start, length);
	name[length] = '\0';
	memmove(walk->rest, walk->rest + start + length, strlen(walk->rest + start + length) + 1);
	return true;
}

/* Puts the target of the link in front of the rest. */
static int follow(struct walk *walk, int link)
{
	char target[PATH_MAX];
	ssize_t length = readlinkat(link, "", target, sizeof target);

	if (length <= 0)
		return length ? -errno : -ENOENT;
	if (++walk->links > LINKS_MOST)
		return -ELOOP;
	if ((size_t)length + strlen(walk->rest) >= sizeof walk->rest)
		return -ENAMETOOLONG;
	memmove(walk->rest + length, walk->rest, strlen(walk->rest) + 1);
	memcpy(walk->rest, target, (size_t)length);
	while (*target == '/' && walk->depth)
		leave_folder(walk);
	return 0;
}

static int append(struct walk *walk, const char *name)
{
	size_t length = walk->lengths[walk->depth], more = strlen(name);

	if (length + 1 + more >= sizeof walk->path)
		return -ENAMETOOLONG;
	walk->path[length] = '/';
	memcpy(walk->path + length + 1, name, more + 1);
	return 0;
}

/* `entry` stays the caller's, unless it is a folder to go on from: *kept then. */
static int enter(struct walk *walk, int entry, const char *name, bool *kept)
{
	int result = append(walk, name);

	if (!result)
		result = visit(walk, entry);
	if (result)
		return result;
	if (walk->depth + 1 == DEPTH_MOST)
		return -ENAMETOOLONG;
	walk->folders[++walk->depth] = entry;
	walk->lengths[walk->depth] = strlen(walk->path);
	*kept = true;
	return 0;
}

static int open_last(struct walk *walk, int entry, const char *name, int flags)
{
	int fd, result = append(walk, name);

	if (!result)
		result = visit(walk, entry);
	if (result)
		return result;
	/* Should somebody put a link here meanwhile, O_NOFOLLOW makes this an error. */
	fd = openat(walk->folders[walk->depth], name, flags | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Goes one step on. Returns 0, -errno or what the visitor did; at the end a descriptor, and *over.
 */
static int step(struct walk *walk, const char *name, int flags, bool *over)
{
	struct stat status;
	bool kept = false, last = *walk->rest == '\0';
	int result, entry;

	if (strcmp(name, ".") == 0)
		return 0;
	if (strcmp(name, "..") == 0) {
		if (walk->depth)
			leave_folder(walk);
		return 0;
	}
	entry = openat(walk->folders[walk->depth], name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (entry < 0)
		return -errno;
	if (fstat(entry, &status)) {
		result = -errno;
	} else if (S_ISLNK(status.st_mode) && !(last && flags & O_NOFOLLOW)) {
		result = follow(walk, entry);
	} else if (last) {
		*over = true;
		result = open_last(walk, entry, name, flags);
	} else {
		result = S_ISDIR(status.st_mode) ? enter(walk, entry, name, &kept) : -ENOTDIR;
	}
	if (!kept)
		close(entry);
	return result;
}

int root_walk(int root, const char *path, int flags, root_visit *visitor, void *data)
{
	struct walk walk = {.visit = visitor, .data = data};
	char name[NAME_MAX + 1];
	bool over = false;
	int result, error;

	if (strlen(path) >= sizeof walk.rest)
		return -ENAMETOOLONG;
	strcpy(walk.rest, path);
	walk.folders[0] = root;
	result = visit(&walk, root);
	while (!result && !over && next_name(&walk, name, &error))
		result = step(&walk, name, flags, &over);
	if (!result && !over) {
		/* A path that ends with ".." or a slash names the folder that was reached. */
		result = error ? error : openat(walk.folders[walk.depth], ".", flags | O_CLOEXEC);
		if (result == -1)
			result = -errno;
	}
	while (walk.depth)
		leave_folder(&walk);
	return result;
}
