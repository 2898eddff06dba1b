/* SPDX-License-Identifier: MIT */
/* What the tests of report.c share: the kernel in between, and a repair to be told of. */
#ifndef NSC_TESTS_REPORT_SETUP_H
#define NSC_TESTS_REPORT_SETUP_H

#include <stdbool.h>

#include "settings.h"

/* Has lines go there, as if nothing had been written yet, by way of the fake kernel. The path is
 * the caller's. */
void report_setup(enum nsc_log log);

/* A repair on descriptor 5, port 40000 of this address. */
void report_of(const char *address, const char *action, unsigned retry, long result, bool itself);

/* The most ordinary one: 127.0.0.1, replaced, then refused. */
void report(void);

#endif
