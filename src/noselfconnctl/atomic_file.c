/* SPDX-License-Identifier: MIT */
/* Replaces a file as a whole: every reader sees the old one or the new one, even after a crash. */
#include "atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "message.h"

int lock_folder(int folder, const char *path, enum lock_wait wait)
{
	static const struct timespec pause = {0, 100000000};

	if (flock(folder, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno != EWOULDBLOCK)
		return -errno;
	message_error("waiting: another process has locked %s", path);
	if (wait == LOCK_WAIT)
		return flock(folder, LOCK_EX) ? -errno : 0;
	for (int i = 0; i < 30; i++) {
		nanosleep(&pause, NULL);
		if (flock(folder, LOCK_EX | LOCK_NB) == 0)
			return 0;
	}
	message_error("continuing without the lock");
	return 0;
}

int open_file(int folder, const char *name)
{
	struct stat status;
	int fd, error = 0;

	/* Opening a device may have an effect, so look at the file first, and again afterwards. */
	if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW))
		return -errno;
	if (!S_ISREG(status.st_mode))
		return -EINVAL;
	fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &status))
		error = -errno;
	else if (!S_ISREG(status.st_mode))
		error = -EINVAL;
	if (error)
		close(fd);
	return error ? error : fd;
}

static int write_all(int fd, const char *bytes, size_t size)
{
	while (size) {
		ssize_t written = write(fd, bytes, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -errno;
		bytes += written;
		size -= (size_t)written;
	}
	return 0;
}

/* Such as labels and access lists. A file system without them has none to lose. */
static int copy_attributes(int from, int to)
{
	char names[4096], value[4096];
	ssize_t size = flistxattr(from, names, sizeof names);

	if (size < 0)
		return errno == ENOTSUP ? 0 : -errno;
	for (const char *name = names; name < names + size; name += strlen(name) + 1) {
		ssize_t length = fgetxattr(from, name, value, sizeof value);

		if (length < 0 ||
		    (fsetxattr(to, name, value, (size_t)length, 0) && errno != ENOTSUP))
			return -errno;
	}
	return 0;
}

/* Without it the file has the label of any new file in the folder, so an error does no harm. */
static void copy_label(int folder, const char *like, int to)
{
	char label[4096];
	int from = open_file(folder, like);
	ssize_t size;

	if (from < 0)
		return;
	size = fgetxattr(from, "security.selinux", label, sizeof label);
	if (size > 0)
		(void)fsetxattr(to, "security.selinux", label, (size_t)size, 0);
	close(from);
}

static int copy_looks(int folder, const char *like, const char *label_like, int to)
{
	struct stat status;
	int error = 0, from = open_file(folder, like);

	if (from == -ENOENT && label_like)
		copy_label(folder, label_like, to);
	if (from == -ENOENT)
		return fchmod(to, 0644) ? -errno : 0;
	if (from < 0)
		return from;
	/* Set the mode after the owner: a change of owner clears the setuid bit. */
	if (fstat(from, &status) || fchown(to, status.st_uid, status.st_gid))
		error = -errno;
	if (!error)
		error = copy_attributes(from, to);
	if (!error && fchmod(to, status.st_mode & 07777))
		error = -errno;
	close(from);
	return error;
}

/* EINVAL: this file system cannot sync folders. */
static int sync_folder(int folder)
{
	return fsync(folder) && errno != EINVAL ? -errno : 0;
}

int replace_file(int folder, const char *name, const char *like, const char *label_like,
		 const void *bytes, size_t size)
{
	const char *beside = message_format("%s.noselfconn-new", name);
	int error, fd;

	unlinkat(folder, beside, 0);
	fd = openat(folder, beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	error = write_all(fd, bytes, size);
	if (!error)
		error = copy_looks(folder, like, label_like, fd);
	if (!error && fsync(fd))
		error = -errno;
	if (close(fd) && !error)
		error = -errno;
	if (!error)
		error = rename_file(folder, beside, name);
	if (error)
		unlinkat(folder, beside, 0);
	return error;
}

int remove_file(int folder, const char *name)
{
	if (unlinkat(folder, name, 0))
		return errno == ENOENT ? 0 : -errno;
	return sync_folder(folder);
}

int rename_file(int folder, const char *from, const char *to)
{
	if (renameat(folder, from, folder, to))
		return -errno;
	return sync_folder(folder);
}

const char *file_error(int error)
{
	bool as_root = (error == -EACCES || error == -EPERM) && geteuid() != 0;

	return message_format("%s%s", strerror(-error), as_root ? " (run this as root)" : "");
}
