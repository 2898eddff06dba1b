/* SPDX-License-Identifier: MIT */
/* Occupies the standard descriptors that the caller left closed. */
#ifndef NSC_STANDARD_FDS_H
#define NSC_STANDARD_FDS_H

#include <stdbool.h>

/*
 * Opens 0, 1 and 2 where they are closed. Without this, the next open(2) returns such a number,
 * and a message or a dup2(2) goes into the file. A filled descriptor behaves like a closed one:
 * read(2) and write(2) fail with EBADF, and execve(2) closes it. Call this first in main().
 * Returns false if that is impossible; nobody can be told then, so exit at once.
 */
bool standard_fds_fill(void);

#endif
