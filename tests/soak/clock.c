/* SPDX-License-Identifier: MIT */
/* The clock of a soaked process: its seconds are so short that each repair has a line in the log.
 */
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* The shim counts by this clock how many lines it may log, and asks it once for each line. */
__attribute__((visibility("default"))) int clock_gettime(clockid_t clock, struct timespec *now)
{
	enum { LOOKS_PER_SECOND = 8 };
	static unsigned long looks;

	if (clock != CLOCK_MONOTONIC_COARSE)
		return (int)syscall(SYS_clock_gettime, clock, now);
	*now = (struct timespec){.tv_sec =
					 (time_t)(__atomic_add_fetch(&looks, 1, __ATOMIC_RELAXED) /
						  LOOKS_PER_SECOND)};
	return 0;
}
