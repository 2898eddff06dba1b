/* SPDX-License-Identifier: MIT */
/* Limits how many lines a process logs in a second, and counts those that it leaves out. */
#include "log_limit.h"

#include "imports.h"

static uint32_t owner, left_out;

/* One word, so that no lock is needed: 24 bits of the second, and the lines in it. */
static uint32_t spent;
enum { COUNT_BITS = 8 };

/* fork(2) copies the counts, which are still the parent's to report. */
static void begin_process(uint32_t pid)
{
	uint32_t before = __atomic_load_n(&owner, __ATOMIC_RELAXED);

	/* GCOVR_EXCL_BR_START: another thread would have to come in between. */
	if (before == pid || !__atomic_compare_exchange_n(&owner, &before, pid, false,
							  __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		return;
	/* GCOVR_EXCL_BR_STOP */
	__atomic_store_n(&left_out, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&spent, 0, __ATOMIC_RELAXED);
}

bool nsc_log_limit_allows(uint32_t pid)
{
	uint32_t before, after, second;
	struct timespec now;

	begin_process(pid);
	/* GCOVR_EXCL_BR_START: a process without libc; another thread in between. */
	if (!clock_gettime || clock_gettime(CLOCK_MONOTONIC_COARSE, &now))
		return true;
	second = (uint32_t)now.tv_sec << COUNT_BITS;
	before = __atomic_load_n(&spent, __ATOMIC_RELAXED);
	do {
		after = before - second < NSC_LOG_LIMIT ? before + 1 : second + 1;
		if (before - second == NSC_LOG_LIMIT)
			return false;
	} while (!__atomic_compare_exchange_n(&spent, &before, after, true, __ATOMIC_RELAXED,
					      __ATOMIC_RELAXED));
	/* GCOVR_EXCL_BR_STOP */
	return true;
}

void nsc_log_limit_leave_out(uint32_t lines)
{
	__atomic_add_fetch(&left_out, lines, __ATOMIC_RELAXED);
}

uint32_t nsc_log_limit_left_out(void)
{
	return __atomic_exchange_n(&left_out, 0, __ATOMIC_RELAXED);
}
