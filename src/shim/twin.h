/* SPDX-License-Identifier: MIT */
/* Makes a fresh socket with all settings of the old one. */
#ifndef NSC_TWIN_H
#define NSC_TWIN_H

/*
 * Makes a twin of the torn-down TCP socket `fd`, whose address family is `family`. `fd` is only
 * read. The twin has the same file flags, bound address and buffer sizes. Each option of options.c
 * that differs from a fresh socket's is set on the twin, read back and compared. The caller sets
 * what nsc_salvage_read() has saved. Calling thread and `fd` must be in the same network namespace.
 *
 * Returns the twin's descriptor (close-on-exec). Otherwise returns -errno of socket(2), or
 * -EOPNOTSUPP if something cannot be carried over, and leaves nothing behind.
 */
int nsc_twin(int fd, int family);

#endif
