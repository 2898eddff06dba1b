/* SPDX-License-Identifier: MIT */
/* The root's /etc, while it is being edited: opened, locked, and /etc/ld.so.preload in it read. */
#include "etc.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

#include "root.h"
#include "ctl_say.h"

int etc_lock(void)
{
	int etc = root_open("/etc", O_RDONLY | O_DIRECTORY);

	if (etc >= 0 && flock(etc, LOCK_EX) == 0)
		return etc;
	say_error("%s: %s", root_path("/etc"), strerror(etc < 0 ? -etc : errno));
	return -1;
}

bool etc_read(int etc, struct preload_file *file)
{
	int error = preload_read(etc, file);

	if (error)
		say_error("%s: %s", root_path(PRELOAD_PATH), strerror(-error));
	return !error;
}
