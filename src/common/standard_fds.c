/* SPDX-License-Identifier: MIT */
/* Occupies the standard descriptors that the caller left closed. */
#include "standard_fds.h"

#include <fcntl.h>
#include <unistd.h>

bool standard_fds_fill(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		/* O_PATH needs no /dev, and it is the kind of descriptor that fails with EBADF. */
		if (open("/", O_PATH | O_DIRECTORY | O_CLOEXEC) != fd)
			return false;
	}
	return true;
}
