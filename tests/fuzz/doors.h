/* SPDX-License-Identifier: MIT */
/* The functions that can connect: the kernel's own and the shim's. */
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

/* The kernel's own, by syscall(2). */
extern const struct fuzz_doors fuzz_raw;

/* The shim in one mode: default, NOSELFCONN_METHOD=rewind, or NOSELFCONN_GIVE_UP=refuse. */
const struct fuzz_doors *fuzz_shim(unsigned mode);

/*
 * Loads libnoselfconn.so once for each mode, from `path`, or from FUZZ_LIBRARY if `path` is NULL.
 * Ends the process on failure.
 */
void fuzz_doors_open(const char *path);

#endif
