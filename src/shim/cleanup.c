/* SPDX-License-Identifier: MIT */
/* Cleans up if a thread is cancelled in a call, or a signal handler jumps out of it. */
#include "cleanup.h"

#include <stddef.h>

#include "imports.h"

/* Coverage excludes musl, which has no such list, and glibc before 2.34 without libpthread. */
static bool libc_has_handlers(void)
{
	/* GCOVR_EXCL_BR_START */
	return nsc_libc_cleanup_push && nsc_libc_cleanup_pop && gnu_get_libc_version;
	/* GCOVR_EXCL_BR_STOP */
}

void nsc_cleanup_push(struct nsc_cleanup *cleanup, void (*routine)(void *), void *argument)
{
	cleanup->routine = routine;
	cleanup->argument = argument;
	if (libc_has_handlers()) /* GCOVR_EXCL_BR_LINE */
		nsc_libc_cleanup_push(cleanup, routine, argument);
}

void nsc_cleanup_pop(struct nsc_cleanup *cleanup, bool execute)
{
	if (libc_has_handlers()) /* GCOVR_EXCL_BR_LINE */
		nsc_libc_cleanup_pop(cleanup, execute);
	else if (execute)                            /* GCOVR_EXCL_LINE */
		cleanup->routine(cleanup->argument); /* GCOVR_EXCL_LINE */
}
