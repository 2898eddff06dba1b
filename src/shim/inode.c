/* SPDX-License-Identifier: MIT */
/* Compares what a program can set on the inode of a socket. */
#include "inode.h"

#include <errno.h>
#include <linux/stat.h> /* not <sys/stat.h>: musl has no statx() before 1.2.5 */
#include <stdint.h>
#include <string.h>

#include "sys.h"

enum { NAMES = 128, VALUE = 96 };

struct permissions {
	uint32_t owner, group, mode;
};

/* Out of line, as the others: the caller's stack may be small, and their buffers are large. */
__attribute__((noinline)) static bool read_permissions(int fd, struct permissions *permissions)
{
	struct statx status;

	if (nsc_syscall(SYS_statx, fd, (long)"", AT_EMPTY_PATH, STATX_MODE | STATX_UID | STATX_GID,
			(long)&status))
		return false;
	*permissions = (struct permissions){status.stx_uid, status.stx_gid, status.stx_mode};
	return true;
}

__attribute__((noinline)) static bool same_permissions(int fd, int other)
{
	struct permissions ours, others;

	return read_permissions(fd, &ours) && read_permissions(other, &others) &&
	       ours.owner == others.owner && ours.group == others.group && ours.mode == others.mode;
}

__attribute__((noinline)) static bool same_value(int fd, int other, const char *name)
{
	char ours[VALUE], others[VALUE];
	long size = nsc_syscall(SYS_fgetxattr, fd, (long)name, (long)ours, sizeof ours, 0);

	return size >= 0 &&
	       size == nsc_syscall(SYS_fgetxattr, other, (long)name, (long)others, sizeof others,
				   0) &&
	       memcmp(ours, others, (size_t)size) == 0;
}

/* If both lists are of the same size, and one has all names of the other, they are the same. */
__attribute__((noinline)) static bool same_attributes(int fd, int other)
{
	char names[NAMES];
	long size = nsc_syscall(SYS_flistxattr, fd, (long)names, sizeof names, 0, 0);

	if (size != nsc_syscall(SYS_flistxattr, other, 0, 0, 0, 0))
		return false;
	if (size < 0)
		return size == -EOPNOTSUPP;
	for (const char *name = names; name < names + size; name += strlen(name) + 1)
		if (!same_value(fd, other, name))
			return false;
	return true;
}

bool nsc_inode_equal(int fd, int other)
{
	return same_permissions(fd, other) && same_attributes(fd, other);
}
