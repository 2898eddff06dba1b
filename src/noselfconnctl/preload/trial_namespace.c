/* SPDX-License-Identifier: MIT */
/* A mount namespace in which only trial programs see another /etc/ld.so.preload. */
#include "preload/trial_namespace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "preload/preload_file.h"
#include "message.h"

#define REAL "/etc/.noselfconn-etc"

int trial_namespace_enter(void)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return -errno;
	return 0;
}

static int link_all(DIR *etc)
{
	const struct dirent *entry;

	while ((entry = readdir(etc))) {
		char *target, *name;
		int failed;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
		    strcmp(entry->d_name, PRELOAD_NAME) == 0)
			continue;
		target = message_format(REAL "/%s", entry->d_name);
		name = message_format("/etc/%s", entry->d_name);
		failed = symlink(target, name);
		free(target);
		free(name);
		if (failed)
			return -errno;
	}
	return 0;
}

static int write_file(const char *bytes, size_t size)
{
	int fd = open(PRELOAD_PATH, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	int error = 0;

	if (fd < 0)
		return -errno;
	errno = 0;
	if (write(fd, bytes, size) != (ssize_t)size || fchmod(fd, 0644))
		error = errno ? -errno : -EIO;
	close(fd);
	return error;
}

int trial_namespace_cover_etc(const char *bytes, size_t size)
{
	DIR *etc = opendir("/etc");
	int error = -1;

	if (!etc)
		return -errno;
	/* The current folder stays the real one when it is covered, so it can be bound inside. */
	if (fchdir(dirfd(etc)) ||
	    mount("noselfconn", "/etc", "tmpfs", MS_NODEV | MS_NOSUID, "mode=755") ||
	    mkdir(REAL, 0755) || mount(".", REAL, NULL, MS_BIND | MS_REC, NULL))
		error = -errno;
	else
		error = link_all(etc);
	if (!error)
		error = write_file(bytes, size);
	closedir(etc);
	return chdir("/") && !error ? -errno : error;
}
