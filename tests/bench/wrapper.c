/* SPDX-License-Identifier: MIT */
/*
 * connect() in its thinnest wrappers: one that jumps to the next connect(), and, built with -DLOOK,
 * one that calls it and looks at what it returned. No library that has to know the result comes
 * cheaper than the second.
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
