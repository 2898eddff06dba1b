/* SPDX-License-Identifier: MIT */
/* One table of the functions that the shim calls outside itself. Tests replace its entries. */
#include "real.h"

#include <errno.h>
#include <stddef.h>
#include <sys/syscall.h>

#include "imports.h"
#include "raw_syscall.h"

/* Reaches the kernel even if another library interposes syscall(2). */
static long kernel_syscall(long number, long a, long b, long c, long d, long e, long f)
{
#ifdef NSC_HAS_RAW_SYSCALL
	return nsc_raw_syscall(number, a, b, c, d, e, f);
#else
	long result = syscall(number, a, b, c, d, e, f);

	return result == -1 ? -errno : result;
#endif
}

struct nsc_real nsc_real = {.syscall = kernel_syscall};

static long by_number(long number, long a, long b, long c, long d, long e, long f)
{
	long result = nsc_real.syscall(number, a, b, c, d, e, f);

	if (result >= 0)
		return result;
	errno = (int)-result;
	return -1;
}

/* For a process without a next function: better than to fail the call. */
static int connect_by_number(int fd, const struct sockaddr *address, socklen_t length)
{
	return (int)by_number(SYS_connect, fd, (long)address, (long)length, 0, 0, 0);
}

static ssize_t sendto_by_number(int fd, const void *data, size_t size, int flags,
				const struct sockaddr *address, socklen_t length)
{
	return by_number(SYS_sendto, fd, (long)data, (long)size, flags, (long)address,
			 (long)length);
}

static ssize_t sendmsg_by_number(int fd, const struct msghdr *message, int flags)
{
	return by_number(SYS_sendmsg, fd, (long)message, flags, 0, 0, 0);
}

static int sendmmsg_by_number(int fd, struct mmsghdr *messages, unsigned count,
			      nsc_sendmmsg_flags flags)
{
	return (int)by_number(SYS_sendmmsg, fd, (long)messages, (long)count, (long)flags, 0, 0);
}

/*
 * The next definition of a function behind ours, or NULL. A program of glibc before 2.34 may be
 * without libdl and its dlsym(). No other library interposes a function there, because it would
 * need dlsym() itself: the next definition is libc's.
 */
static void *next_definition(const char *name)
{
	void *libc;

	if (dlsym)
		return dlsym(RTLD_NEXT, name);
	/* GCOVR_EXCL_START: glibc before 2.34 */
	if (!__libc_dlopen_mode || !__libc_dlsym)
		return NULL;
	libc = __libc_dlopen_mode("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
	return libc ? __libc_dlsym(libc, name) : NULL;
	/* GCOVR_EXCL_STOP */
}

void nsc_real_find(void)
{
	int (*next)(int, const struct sockaddr *, socklen_t);

	/* POSIX converts dlsym's object pointer to a function pointer in this way. */
	*(void **)&nsc_real.sendto = next_definition("sendto");
	*(void **)&nsc_real.sendmsg = next_definition("sendmsg");
	*(void **)&nsc_real.sendmmsg = next_definition("sendmmsg");
	if (!nsc_real.sendto)
		nsc_real.sendto = sendto_by_number;
	if (!nsc_real.sendmsg)
		nsc_real.sendmsg = sendmsg_by_number;
	if (!nsc_real.sendmmsg)
		nsc_real.sendmmsg = sendmmsg_by_number;
	*(void **)&next = next_definition("connect");
	__atomic_store_n(&nsc_real.connect, next ? next : connect_by_number, __ATOMIC_RELEASE);
}
