/* SPDX-License-Identifier: MIT */
/* The functions that the shim calls outside itself: one table, which a test can replace. */
#include "libc.h"

#include <dlfcn.h>
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

/* For a process in which no next connect can be found: still better than to fail the call. */
static int connect_by_number(int fd, const struct sockaddr *address, socklen_t length)
{
	return (int)nsc_libc.syscall(SYS_connect, (long)fd, address, (long)length);
}

struct nsc_libc nsc_libc = {.syscall = syscall};

void nsc_libc_find(void)
{
	int (*next)(int, const struct sockaddr *, socklen_t);

	/* POSIX's way to turn dlsym's object pointer into a function's. */
	*(void **)&next = dlsym(RTLD_NEXT, "connect");
	nsc_libc.connect = next ? next : connect_by_number;
}

long nsc_syscall(long number, long a, long b, long c, long d, long e)
{
	long result = nsc_libc.syscall(number, a, b, c, d, e);

	return result == -1 ? -errno : result;
}
