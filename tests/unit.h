/* SPDX-License-Identifier: MIT */
/* The suites of tests/unit, one per file of src/shim. */
#ifndef NSC_TESTS_UNIT_H
#define NSC_TESTS_UNIT_H

#include <check.h>

Suite *suite_address(void);
Suite *suite_line(void);

#endif
