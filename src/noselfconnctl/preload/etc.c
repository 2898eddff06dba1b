/* SPDX-License-Identifier: MIT */
/* The root's /etc, while it is being edited: opened, locked, and /etc/ld.so.preload in it read. */
#include "preload/etc.h"

#include <fcntl.h>
#include <string.h>

#include "root.h"
#include "message.h"

int etc_lock(enum lock_wait wait)
{
	int etc = root_open("/etc", O_RDONLY | O_DIRECTORY), error = etc < 0 ? etc : 0;

	if (!error)
		error = lock_folder(etc, root_path("/etc"), wait);
	if (!error)
		return etc;
	message_error("%s: %s", root_path("/etc"), strerror(-error));
	return -1;
}

bool etc_read(int etc, struct preload_file *file)
{
	int error = preload_read(etc, file);

	if (error)
		message_error("%s: %s", root_path(PRELOAD_PATH), strerror(-error));
	return !error;
}
