/* SPDX-License-Identifier: MIT */
/* Runs Check's suites and prints TAP. Adds skipped tests, which Check does not support. */
#ifndef NSC_TESTS_TAP_H
#define NSC_TESTS_TAP_H

#include <check.h>
#include <stdnoreturn.h>

/* Runs and frees `runner`. Returns main()'s exit status: 0 if the TAP reports every result. */
int tap_run(SRunner *runner);

/*
 * Ends the calling test because it cannot run here. Reports it as skipped with `reason`, or as
 * failed if NSC_NO_SKIP is set, as in CI. Call it only in the test's own process.
 */
noreturn void tap_skip(const char *reason);

#endif
