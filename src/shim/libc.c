/* SPDX-License-Identifier: MIT */
/* The functions that the shim calls outside itself: one table, which a test can replace. */
#include "libc.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "trap.h"

#ifdef NSC_HAS_TRAP
/* syscall(2), but the kernel's own. Arguments that were not passed are read all the same, and ignored by the kernel. */
static long kernels_own(long number, ...)
{
	long arguments[6], result;
	va_list list;

	va_start(list, number);
	for (int i = 0; i < 6; i++)
		arguments[i] = va_arg(list, long);
	va_end(list);
	result = nsc_trap(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
	if (result < 0 && result >= -4095) {
		errno = (int)-result;
		return -1;
	}
	return result;
}
#else
#define kernels_own syscall
#endif

struct nsc_libc nsc_libc = {.syscall = kernels_own};

/* For a process in which no next one can be found: still better than to fail the call. */
static int connect_by_number(int fd, const struct sockaddr *address, socklen_t length)
{
	return (int)nsc_libc.syscall(SYS_connect, (long)fd, address, (long)length);
}

static ssize_t sendto_by_number(int fd, const void *data, size_t size, int flags, const struct sockaddr *address,
                                socklen_t length)
{
	return nsc_libc.syscall(SYS_sendto, (long)fd, data, size, (long)flags, address, (long)length);
}

static ssize_t sendmsg_by_number(int fd, const struct msghdr *message, int flags)
{
	return nsc_libc.syscall(SYS_sendmsg, (long)fd, message, (long)flags);
}

static int sendmmsg_by_number(int fd, struct mmsghdr *messages, unsigned count, nsc_sendmmsg_flags flags)
{
	return (int)nsc_libc.syscall(SYS_sendmmsg, (long)fd, messages, (long)count, (long)flags);
}

void nsc_libc_find(void)
{
	int (*next)(int, const struct sockaddr *, socklen_t);

	/* POSIX's way to turn dlsym's object pointer into a function's. */
	*(void **)&nsc_libc.sendto = dlsym(RTLD_NEXT, "sendto");
	*(void **)&nsc_libc.sendmsg = dlsym(RTLD_NEXT, "sendmsg");
	*(void **)&nsc_libc.sendmmsg = dlsym(RTLD_NEXT, "sendmmsg");
	if (!nsc_libc.sendto)
		nsc_libc.sendto = sendto_by_number;
	if (!nsc_libc.sendmsg)
		nsc_libc.sendmsg = sendmsg_by_number;
	if (!nsc_libc.sendmmsg)
		nsc_libc.sendmmsg = sendmmsg_by_number;
	*(void **)&next = dlsym(RTLD_NEXT, "connect");
	__atomic_store_n(&nsc_libc.connect, next ? next : connect_by_number, __ATOMIC_RELEASE);
}

long nsc_syscall(long number, long a, long b, long c, long d, long e)
{
	long result = nsc_libc.syscall(number, a, b, c, d, e);

	return result == -1 ? -errno : result;
}
