/* SPDX-License-Identifier: MIT */
/* One table of the functions that the shim calls outside itself. Tests replace its entries. */
#ifndef NSC_REAL_H
#define NSC_REAL_H

#include <sys/socket.h>
#include <sys/types.h>

/* sendmmsg() is in no standard, and musl declares its flags unsigned. */
#ifdef __GLIBC__
typedef int nsc_sendmmsg_flags;
#else
typedef unsigned nsc_sendmmsg_flags;
#endif

/*
 * The functions that connect are the next ones behind ours: libc's, or those of another preloaded
 * library. All other calls of a repair go directly to the kernel: past libc if raw_syscall.h knows
 * the machine, otherwise by syscall(2). So no other library interferes, and only the calls that
 * connect are cancellation points.
 */
struct nsc_real {
	int (*connect)(int, const struct sockaddr *, socklen_t);
	ssize_t (*sendto)(int, const void *, size_t, int, const struct sockaddr *, socklen_t);
	ssize_t (*sendmsg)(int, const struct msghdr *, int);
	int (*sendmmsg)(int, struct mmsghdr *, unsigned, nsc_sendmmsg_flags);
	/* Returns what the kernel returns: a result, or -errno. */
	long (*syscall)(long number, long a, long b, long c, long d, long e, long f);
};

extern struct nsc_real nsc_real;

/*
 * Finds the next functions by dlsym(RTLD_NEXT). `connect` comes last: if it is set, all are. This
 * happens when the library is loaded, because dlsym is safe there. A door does it for an earlier
 * caller, such as another library's constructor. A second call, or two at once, do no harm.
 */
void nsc_real_find(void);

/*
 * Makes a system call with at most five arguments through the table. Returns a result, or -errno.
 * errno may change. It is inline, because each return after a system call costs time
 * (doc/PERFORMANCE.md).
 */
static inline long nsc_syscall(long number, long a, long b, long c, long d, long e)
{
	return nsc_real.syscall(number, a, b, c, d, e, 0);
}

#endif
