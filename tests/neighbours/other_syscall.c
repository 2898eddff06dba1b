/* SPDX-License-Identifier: MIT */
/*
 * Another library that interposes syscall(2), as torsocks does, and denies each call; for
 * tests/neighbours/shims.sh.
 */
#include <errno.h>

long syscall(long number, ...);

__attribute__((visibility("default"))) long syscall(long number, ...)
{
	(void)number;
	errno = ENOSYS;
	return -1;
}
