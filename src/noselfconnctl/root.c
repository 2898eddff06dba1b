/* SPDX-License-Identifier: MIT */
/* The folder of --root, which holds the files of the machine or of an image. */
#include "root.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "message.h"

static int root = -1;
static bool machine;
static const char *name;

int root_enter(const char *directory)
{
	struct stat ours, machines;
	size_t size = strlen(directory);

	root = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0 || fstat(root, &ours) || stat("/", &machines))
		return -errno;
	machine = ours.st_dev == machines.st_dev && ours.st_ino == machines.st_ino;
	while (size && directory[size - 1] == '/')
		size--;
	name = message_format("%.*s", (int)size, directory);
	return 0;
}

bool root_is_machine(void)
{
	return machine;
}

const char *root_path(const char *path)
{
	return machine ? path : message_format("%s%s", name, path);
}

int root_open(const char *path, int flags)
{
	struct open_how how = {.flags = (unsigned)(flags | O_CLOEXEC), .resolve = RESOLVE_IN_ROOT};
	long fd = syscall(__NR_openat2, root, path, &how, sizeof how);

	if (fd >= 0)
		return (int)fd;
	/*
	 * ENOSYS: Linux before 5.6. EPERM: a sandbox that does not know the call. EAGAIN: something
	 * was renamed meanwhile, which root_walk() does not mind.
	 */
	if (errno == ENOSYS || errno == EPERM || errno == EAGAIN)
		return root_walk(root, path, flags, NULL, NULL);
	return -errno;
}

int root_open_file(const char *path)
{
	struct stat status = {0};
	int fd = root_open(path, O_PATH);

	if (fd < 0)
		return fd;
	if (fstat(fd, &status) || !S_ISREG(status.st_mode)) {
		close(fd);
		return -EINVAL;
	}
	close(fd);
	/* Another file may be there by now: O_NONBLOCK, and look again. */
	fd = root_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd >= 0 && (fstat(fd, &status) || !S_ISREG(status.st_mode))) {
		close(fd);
		return -EINVAL;
	}
	return fd;
}

int root_visit_path(const char *path, root_visit *visit, void *data)
{
	int fd = root_walk(root, path, O_PATH, visit, data);

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

int root_prepare(void)
{
	return fchdir(root) ? -errno : 0;
}

int root_become(void)
{
	if ((!machine && chroot(".")) || chdir("/"))
		return -errno;
	return 0;
}
