/* SPDX-License-Identifier: MIT */
/* The folder of --root: where the files of the machine, or of an image, are. */
#include "root.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
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
	long fd;

	do
		fd = syscall(__NR_openat2, root, path, &how, sizeof how);
	while (fd < 0 && (errno == EAGAIN || errno == EINTR));
	/* EPERM: a sandbox that does not know the call. */
	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		fd = openat(root, path[1] ? path + 1 : ".", flags | O_CLOEXEC);
	return fd < 0 ? -errno : (int)fd;
}

int root_become(void)
{
	if (fchdir(root) || (!machine && chroot(".")) || chdir("/"))
		return -errno;
	return 0;
}
