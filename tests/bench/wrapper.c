/* SPDX-License-Identifier: MIT */
/*
 * The thinnest possible wrappers of connect(). One jumps to the next connect(). The other, built
 * with -DLOOK, calls it and inspects the result. A library that needs the result cannot be cheaper.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/socket.h>

static int (*next)(int, const struct sockaddr *, socklen_t);
static int surprises;

__attribute__((constructor)) static void find_next(void)
{
	*(void **)&next = dlsym(RTLD_NEXT, "connect");
}

int connect(int fd, const struct sockaddr *address, socklen_t length)
{
#ifdef LOOK
	int result = next(fd, address, length);

	if (__builtin_expect(result > 0, 0))
		surprises++;
	return result;
#else
	(void)surprises;
	return next(fd, address, length);
#endif
}
