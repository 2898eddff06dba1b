/* SPDX-License-Identifier: MIT */
/* The calls that connect: as the kernel has them, and as the shim does. */
#ifndef NSC_FUZZ_DOORS_H
#define NSC_FUZZ_DOORS_H

#include <sys/socket.h>
#include <sys/types.h>

struct fuzz_doors {
	const char *name;
	int (*connect)(int, const struct sockaddr *, socklen_t);
	int (*connect2)(int, const struct sockaddr *, socklen_t);
	ssize_t (*sendto)(int, const void *, size_t, int, const struct sockaddr *, socklen_t);
	ssize_t (*sendmsg)(int, const struct msghdr *, int);
	int (*sendmmsg)(int, struct mmsghdr *, unsigned, int);
};

/* syscall(2). */
extern const struct fuzz_doors fuzz_raw;

/* The shim in one of its modes: as it comes, with NOSELFCONN_METHOD=rewind, with
 * NOSELFCONN_GIVE_UP=refuse. */
const struct fuzz_doors *fuzz_shim(unsigned mode);

/*
 * Loads libnoselfconn.so from `path` once for each mode; from FUZZ_LIBRARY where `path` is NULL.
 * Ends the process where that fails.
 */
void fuzz_doors_open(const char *path);

#endif
