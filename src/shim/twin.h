/* SPDX-License-Identifier: MIT */
/* A fresh socket that carries over all that the old one had. */
#ifndef NSC_TWIN_H
#define NSC_TWIN_H

/*
 * Makes a twin of the TCP socket `fd` of that family, which has been torn down and is only read:
 * same file flags, bound address and sizes of buffers, every option of the table in options.c that
 * differs from a fresh socket's set, read back and compared. It is in the network namespace of the
 * calling thread; `fd` is to be, too. What nsc_salvage_restore() sets is left to it. Returns the
 * twin's descriptor, close-on-exec; or -errno where there is none to be had, or -EOPNOTSUPP where
 * something of the old socket cannot be carried over. Leaves nothing behind then.
 */
int nsc_twin(int fd, int family);

#endif
