/* SPDX-License-Identifier: MIT */
/* Running Check's suites for a reader of TAP, with what Check does not have: tests that are
 * skipped. */
#ifndef NSC_TESTS_TAP_H
#define NSC_TESTS_TAP_H

#include <check.h>

/* Runs and frees `runner`; the exit status for main(), 0 as long as the TAP tells the results. */
int tap_run(SRunner *runner);

/*
 * Called by a test that cannot run here, which then returns: tap_skip(__func__, "why"). Its result
 * becomes a skip with that reason; a failure where NSC_NO_SKIP is set, as in CI.
 */
void tap_skip(const char *function, const char *reason);

#endif
