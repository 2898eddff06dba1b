/* SPDX-License-Identifier: MIT */
/*
 * A clock that stands still until a test moves it. Link with --wrap for clock_gettime and its
 * 64-bit name.
 */
#include "fake_clock.h"

#include <errno.h>
#include <stdbool.h>

/*
 * With 64-bit time on a 32-bit machine, the headers of glibc and musl map the name to another
 * function.
 */
#if (defined(__TIMESIZE) && __TIMESIZE == 32 && defined(__USE_TIME_BITS64)) || \
	defined(_REDIR_TIME64)
#define SYMBOL(prefix) __asm__(prefix "__clock_gettime64")

/* A Check library built with 32-bit time calls this one. */
int real_old_clock_gettime(clockid_t clock, void *now) __asm__("__real_clock_gettime");
int wrap_old_clock_gettime(clockid_t clock, void *now) __asm__("__wrap_clock_gettime");

int wrap_old_clock_gettime(clockid_t clock, void *now)
{
	return real_old_clock_gettime(clock, now);
}
#else
#define SYMBOL(prefix) __asm__(prefix "clock_gettime")
#endif

int __real_clock_gettime(clockid_t clock, struct timespec *now) SYMBOL("__real_");
int __wrap_clock_gettime(clockid_t clock, struct timespec *now) SYMBOL("__wrap_");

static bool faked;
static time_t second;

void fake_clock_set(time_t to)
{
	faked = true;
	second = to;
}

/* Check times its tests by CLOCK_MONOTONIC, so that clock keeps running. */
int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
	if (!faked || clock == CLOCK_MONOTONIC)
		return __real_clock_gettime(clock, now);
	if (second < 0) {
		errno = EINVAL;
		return -1;
	}
	*now = (struct timespec){.tv_sec = second};
	return 0;
}
