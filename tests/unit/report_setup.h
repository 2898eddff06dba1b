/* SPDX-License-Identifier: MIT */
/* What the tests of report.c share: the fake kernel and sample repairs to report. */
#ifndef NSC_TESTS_REPORT_SETUP_H
#define NSC_TESTS_REPORT_SETUP_H

#include <stdbool.h>

#include "settings.h"

/*
 * Sends log lines there through the fake kernel, as if none had been written yet. The caller owns
 * the path.
 */
void report_setup(enum nsc_log log);

/* Reports a repair on descriptor 5 and port 40000 of this address. */
void report_of(const char *address, const char *action, unsigned retry, long result, bool itself);

/* Reports the most common repair: 127.0.0.1, replaced, then refused. */
void report(void);

#endif
