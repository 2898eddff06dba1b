/* SPDX-License-Identifier: MIT */
/* The network namespaces of this machine, as far as /proc and ip-netns(8) show them. */
#include "sockets/netns.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "array.h"
#include "message.h"

#define NAMED_FOLDER "/run/netns"

struct walk {
	bool (*visit)(const struct netns *netns, void *data);
	void *data;
	unsigned long own, *seen; /* inodes; all namespaces are on one file system */
	size_t count;
	bool failed;
};

static bool is_seen(struct walk *walk, unsigned long inode)
{
	for (size_t i = 0; i < walk->count; i++)
		if (walk->seen[i] == inode)
			return true;
	return false;
}

static int enter(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int error = fd < 0 || setns(fd, CLONE_NEWNET) ? -errno : 0;

	if (fd >= 0)
		close(fd);
	return error;
}

/* A process may have ended. Then another one leads into its namespace, or nobody is left in it. */
static void visit_path(struct walk *walk, const char *path, struct netns netns)
{
	struct stat status;
	int error;

	if (stat(path, &status) || is_seen(walk, (unsigned long)status.st_ino))
		return;
	netns.inode = (unsigned long)status.st_ino;
	error = enter(path);
	if (error == -ENOENT || error == -ESRCH)
		return;
	walk->seen = array_add(walk->seen, &walk->count, &netns.inode, sizeof netns.inode);
	if (error) {
		message_error("%s: %s", path, strerror(-error));
		walk->failed = true;
		return;
	}
	netns.own = netns.inode == walk->own;
	walk->failed |= !walk->visit(&netns, walk->data);
}

static void visit_folder(struct walk *walk, const char *folder, const char *rest)
{
	DIR *entries = opendir(folder);
	const struct dirent *entry;

	while (entries && (entry = readdir(entries))) {
		bool named = !*rest;
		char *end, *path = message_format("%s/%s%s", folder, entry->d_name, rest);
		struct netns netns = {.pid = named ? 0 : strtol(entry->d_name, &end, 10)};

		if (named)
			netns.name = message_format("%s", entry->d_name);
		if (*entry->d_name != '.' && (named || netns.pid > 0))
			visit_path(walk, path, netns);
		free(path);
	}
	if (entries)
		closedir(entries);
}

bool netns_visit_all(bool (*visit)(const struct netns *netns, void *data), void *data)
{
	struct walk walk = {.visit = visit, .data = data};
	struct stat own;

	if (geteuid() != 0) {
		message_error("--all-netns needs root");
		return false;
	}
	if (stat("/proc/self/ns/net", &own)) {
		message_error("/proc/self/ns/net: %s", strerror(errno));
		return false;
	}
	walk.own = (unsigned long)own.st_ino;
	visit_path(&walk, "/proc/self/ns/net", (struct netns){.pid = getpid()});
	visit_folder(&walk, NAMED_FOLDER, "");
	visit_folder(&walk, "/proc", "/ns/net");
	return !walk.failed;
}

/* A name of ip-netns(8), or a process that is in the namespace. */
static const char *path_of(const char *name)
{
	if (name[strspn(name, "0123456789")] == '\0')
		return message_format("/proc/%s/ns/net", name);
	return message_format(NAMED_FOLDER "/%s", name);
}

bool netns_enter(const char *name)
{
	const char *path;
	int error;

	if (!*name || strchr(name, '/') || *name == '.') {
		message_error(
			"--netns takes a name from 'ip netns list' or a process number, not '%s'",
			name);
		return false;
	}
	path = path_of(name);
	error = enter(path);
	if (error)
		message_error("%s: %s", path, strerror(-error));
	return !error;
}
