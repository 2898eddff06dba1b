/* SPDX-License-Identifier: MIT */
/*
 * noselfconnctl disable: takes libnoselfconn.so out of /etc/ld.so.preload. Runs no program and
 * loads no library, because it is what helps where none starts any more.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "main.h"
#include "preload/etc.h"
#include "atomic_file.h"
#include "root.h"
#include "message.h"

static bool backup_is(int etc, const struct preload_file *wanted)
{
	int fd = openat(etc, ETC_BACKUP, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	const char *expected = wanted->bytes;
	size_t left = wanted->size;
	char bytes[512];
	ssize_t size;
	bool same = fd >= 0;

	while (same && (size = read(fd, bytes, sizeof bytes)) != 0) {
		same = size > 0 && (size_t)size <= left &&
		       memcmp(bytes, expected, (size_t)size) == 0;
		if (same) {
			expected += size;
			left -= (size_t)size;
		}
	}
	if (fd >= 0)
		close(fd);
	return same && left == 0;
}

static int put(int etc, const struct preload_file *wanted)
{
	int error;

	if (wanted->size == 0)
		return remove_file(etc, PRELOAD_NAME);
	error = replace_file(etc, PRELOAD_NAME, PRELOAD_NAME, wanted->bytes, wanted->size);
	/* On a full disk the file as it was before may serve: a rename takes no space. */
	if ((error == -ENOSPC || error == -EDQUOT) && backup_is(etc, wanted))
		error = rename_file(etc, ETC_BACKUP, PRELOAD_NAME);
	return error;
}

/* What a link leads to, which ld.so follows. False where that is not to be read; where it leads
 * nowhere nothing is listed. */
static bool read_elsewhere(struct preload_file *file)
{
	int fd = root_open(PRELOAD_PATH, O_RDONLY | O_NONBLOCK), error;
	struct stat status;

	if (fd < 0)
		return fd == -ENOENT;
	/* ld.so takes nothing from what has no size. */
	error = fstat(fd, &status)        ? -errno
		: S_ISREG(status.st_mode) ? preload_read_all(fd, file)
					  : 0;
	close(fd);
	return !error;
}

int ctl_disable(const struct ctl *ctl)
{
	const char *path = root_path(PRELOAD_PATH), *ours;
	struct preload_file file, wanted;
	int error, etc = etc_lock(LOCK_WAIT_SHORTLY);

	if (etc < 0 || !etc_read(etc, &file))
		return CTL_TROUBLE;
	if (file.exists && !S_ISREG(file.status.st_mode) && !read_elsewhere(&file)) {
		message_error("%s cannot be read", path);
		return CTL_TROUBLE;
	}
	if (!preload_ours(&file, ctl->library, &ours)) {
		message_print("disabled already: %s does not list " PRELOAD_LIBRARY, path);
		return CTL_OK;
	}
	if (!S_ISREG(file.status.st_mode)) {
		message_error("%s lists %s, and is not a regular file: take it out by hand", path,
			      ours);
		return CTL_TROUBLE;
	}
	wanted = preload_without(&file, ctl->library);
	error = put(etc, &wanted);
	if (error) {
		message_error("%s is as it was: %s", path, strerror(-error));
		return CTL_TROUBLE;
	}
	remove_file(etc, ETC_BACKUP);
	message_print(
		"disabled: %s %s; programs that run already keep the library until they end", path,
		wanted.size ? "no longer lists it" : "is gone, because nothing else was in it");
	return CTL_OK;
}
