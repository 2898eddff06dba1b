/* SPDX-License-Identifier: MIT */
/* The functions that the shim calls outside itself: one table, which a test can replace. */
#ifndef NSC_REAL_H
#define NSC_REAL_H

#include <sys/socket.h>
#include <sys/types.h>

/* sendmmsg() is in no standard: musl declares its flags unsigned. */
#ifdef __GLIBC__
typedef int nsc_sendmmsg_flags;
#else
typedef unsigned nsc_sendmmsg_flags;
#endif

/*
 * The calls that connect are the next ones behind ours: libc's, or those of another preloaded
 * library. Everything else that a repair does goes to the kernel itself, past libc where trap.h
 * knows how, else by syscall(2): no other library's idea of a socket gets in between, and only the
 * calls that connect are cancellation points.
 */
struct nsc_real {
	int (*connect)(int, const struct sockaddr *, socklen_t);
	ssize_t (*sendto)(int, const void *, size_t, int, const struct sockaddr *, socklen_t);
	ssize_t (*sendmsg)(int, const struct msghdr *, int);
	int (*sendmmsg)(int, struct mmsghdr *, unsigned, nsc_sendmmsg_flags);
	/* Returns what the kernel does: a result, or -errno. */
	long (*syscall)(long number, long a, long b, long c, long d, long e, long f);
};

extern struct nsc_real nsc_real;

/*
 * Finds them by dlsym(RTLD_NEXT), `connect` last: where it is set, all are. Done when the library
 * is loaded, where dlsym is safe; the doors call it again for a caller that is earlier still
 * (another library's constructor). Doing it twice, or in two threads at once, comes to the same.
 */
void nsc_real_find(void);

/*
 * A system call through the table, of at most five arguments. A result, or -errno; errno is left
 * open. Inlined: each function that returns after a system call costs (doc/PERFORMANCE.md).
 */
static inline long nsc_syscall(long number, long a, long b, long c, long d, long e)
{
	return nsc_real.syscall(number, a, b, c, d, e, 0);
}

#endif
