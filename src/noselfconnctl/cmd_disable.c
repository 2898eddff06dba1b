/* SPDX-License-Identifier: MIT */
/*
 * noselfconnctl disable: removes libnoselfconn.so from /etc/ld.so.preload. It runs no program and
 * needs no library, because it must work when no program starts any more.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "atomic_file.h"
#include "ctl.h"
#include "message.h"
#include "preload/partial.h"
#include "preload/preload_file.h"
#include "root.h"

static bool backup_is(int etc, const struct preload_file *wanted)
{
	int fd = open_file(etc, PRELOAD_BACKUP);
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
	error = replace_file(etc, PRELOAD_NAME, PRELOAD_NAME, NULL, wanted->bytes, wanted->size);
	/* On a full disk the backup may do, because a rename takes no space. */
	if ((error == -ENOSPC || error == -EDQUOT) && backup_is(etc, wanted))
		error = rename_file(etc, PRELOAD_BACKUP, PRELOAD_NAME);
	return error;
}

/* Reads what a link leads to, which ld.so follows. A missing file, and one that is not regular,
 * lists nothing. */
static bool read_elsewhere(struct preload_file *file)
{
	int error, fd = root_open_file(PRELOAD_PATH);

	if (fd < 0)
		return fd == -ENOENT || fd == -EINVAL;
	error = preload_read_all(fd, file);
	close(fd);
	return !error;
}

int ctl_disable(const struct ctl *ctl)
{
	const char *path = root_path(PRELOAD_PATH), *ours;
	struct preload_file file, wanted;
	int error, etc = preload_lock(LOCK_WAIT_SHORTLY);

	if (etc < 0 || !preload_read(etc, &file))
		return CTL_TROUBLE;
	if (file.exists && !S_ISREG(file.status.st_mode) && !read_elsewhere(&file)) {
		message_error("%s cannot be read", path);
		return CTL_TROUBLE;
	}
	if (!preload_ours(&file, ctl->library, &ours)) {
		remove_file(etc, PARTIAL_NAME);
		message_print("already disabled: %s does not list " PRELOAD_LIBRARY, path);
		return CTL_OK;
	}
	if (!S_ISREG(file.status.st_mode)) {
		message_error("%s lists %s, but is not a regular file: remove the entry by hand",
			      path, ours);
		return CTL_TROUBLE;
	}
	wanted = preload_without(&file, ctl->library);
	error = put(etc, &wanted);
	if (error) {
		message_error("not disabled: %s is unchanged: %s", path, file_error(error));
		return CTL_TROUBLE;
	}
	remove_file(etc, PRELOAD_BACKUP);
	remove_file(etc, PARTIAL_NAME);
	message_print(
		"disabled: %s %s; programs that run already keep the library until they end", path,
		wanted.size ? "no longer lists it" : "is gone, because it listed nothing else");
	return CTL_OK;
}
