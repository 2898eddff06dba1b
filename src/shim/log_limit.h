/* SPDX-License-Identifier: MIT */
/* Limits how many lines a process logs in a second, and counts those that it leaves out. */
#ifndef NSC_LOG_LIMIT_H
#define NSC_LOG_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

enum { NSC_LOG_LIMIT = 10 };

/*
 * Whether process `pid` may log one more line in this second. If the clock fails, there is no
 * limit. A process that was forked begins at zero.
 */
bool nsc_log_limit_allows(uint32_t pid);

/* Counts lines that were left out; returns that count, which is zero then. */
void nsc_log_limit_leave_out(uint32_t lines);
uint32_t nsc_log_limit_left_out(void);

#endif
