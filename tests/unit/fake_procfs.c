/* SPDX-License-Identifier: MIT */
/* Makes statfs(2) report a file system of the test's choice. */
#include "fake_procfs.h"

#include <linux/magic.h>
#include <string.h>

#include "fake_kernel.h"

/* See src/shim/procfs.c. */
#include <linux/types.h>
#define fsid_t kernel_fsid_t
#include <asm/statfs.h>
#undef fsid_t

void fake_procfs_fill(const long *argument, unsigned long magic)
{
#ifdef SYS_statfs64
	struct statfs64 *status = (void *)argument[2];
#else
	struct statfs *status = (void *)argument[1];
#endif

	memset(status, 0, sizeof *status);
	status->f_type = (__typeof__(status->f_type))magic;
}

static long answer_procfs(const struct fake_call *call, void *unused)
{
	(void)unused;
	fake_procfs_fill(call->argument, PROC_SUPER_MAGIC);
	return 0;
}

static long answer_tmpfs(const struct fake_call *call, void *unused)
{
	(void)unused;
	fake_procfs_fill(call->argument, TMPFS_MAGIC);
	return 0;
}

void fake_procfs_report(unsigned nth, bool real)
{
	fake_kernel_answer(FAKE_STATFS, nth, real ? answer_procfs : answer_tmpfs, NULL);
}
