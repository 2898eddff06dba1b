/* SPDX-License-Identifier: MIT */
/* Runs Check's suites and prints TAP. Adds what Check lacks: tests that are skipped. */
#ifndef NSC_TESTS_TAP_H
#define NSC_TESTS_TAP_H

#include <check.h>
#include <stdnoreturn.h>

/* Runs and frees `runner`. Returns main()'s exit status: 0 if the TAP tells all results. */
int tap_run(SRunner *runner);

/*
 * Ends the test that calls it, which cannot run here. Its result becomes a skip with that reason,
 * or a failure where NSC_NO_SKIP is set, as in CI. Call it in the test's own process only.
 */
noreturn void tap_skip(const char *reason);

#endif
