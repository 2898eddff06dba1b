/* SPDX-License-Identifier: MIT */
/* A fresh socket that carries over all that the old one had. */
#ifndef NSC_TWIN_H
#define NSC_TWIN_H

/*
 * Makes a twin of the TCP socket `fd`, which has been torn down and is only read: same family and network
 * namespace, same file flags and bound address, every option of the table in options.c that differs from a
 * fresh socket's set, read back and compared. What nsc_salvage_restore() sets is left to it.
 * Returns the twin's descriptor, close-on-exec; or -errno where there is none to be had, or
 * -EOPNOTSUPP where something of the old socket cannot be carried over. Leaves nothing behind then.
 */
int nsc_twin(int fd);

#endif
