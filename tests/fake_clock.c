/* SPDX-License-Identifier: MIT */
/* A clock that stands still until a test moves it. Linked with --wrap=clock_gettime. */
#include "fake_clock.h"

#include <errno.h>
#include <stdbool.h>

int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);

static bool faked;
static time_t second;

void fake_clock_set(time_t to)
{
	faked = true;
	second = to;
}

/* Check measures tests by CLOCK_MONOTONIC; that one goes on. */
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
