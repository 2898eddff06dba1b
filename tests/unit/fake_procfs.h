/* SPDX-License-Identifier: MIT */
/* Makes statfs(2) report a file system of the test's choice. */
#ifndef NSC_TESTS_FAKE_PROCFS_H
#define NSC_TESTS_FAKE_PROCFS_H

#include <stdbool.h>
#include <sys/syscall.h>

#ifdef SYS_statfs64
enum { FAKE_STATFS = SYS_statfs64 };
#else
enum { FAKE_STATFS = SYS_statfs };
#endif

/* Answers a statfs(2) call with these arguments: `magic` is the type of the file system. */
void fake_procfs_fill(const long *argument, unsigned long magic);

/* The `nth` statfs(2) call, or every one for FAKE_EACH, reports procfs if `real`, else a tmpfs. */
void fake_procfs_report(unsigned nth, bool real);

#endif
