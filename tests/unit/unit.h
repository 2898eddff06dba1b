/* SPDX-License-Identifier: MIT */
/* The suites of tests/unit: one or more for each file of src/shim. */
#ifndef NSC_TESTS_UNIT_H
#define NSC_TESTS_UNIT_H

#include <check.h>

Suite *suite_address(void);
Suite *suite_cleanup(void);
Suite *suite_config_file(void);
Suite *suite_detect(void);
Suite *suite_ephemeral(void);
Suite *suite_freestanding(void);
Suite *suite_guard(void);
Suite *suite_guard_repair(void);
Suite *suite_guard_settings(void);
Suite *suite_guard_wait(void);
Suite *suite_in_force(void);
Suite *suite_in_force_log(void);
Suite *suite_inode(void);
Suite *suite_kernel(void);
Suite *suite_line(void);
Suite *suite_log_limit(void);
Suite *suite_options(void);
Suite *suite_procfs(void);
Suite *suite_repair(void);
Suite *suite_repair_faults(void);
Suite *suite_repair_hold(void);
Suite *suite_report(void);
Suite *suite_report_file(void);
Suite *suite_report_settings(void);
Suite *suite_report_stderr(void);
Suite *suite_salvage(void);
Suite *suite_settings(void);
Suite *suite_sharing(void);
Suite *suite_sharing_children(void);
Suite *suite_sharing_unknown(void);
Suite *suite_signals(void);
Suite *suite_twin(void);
Suite *suite_twin_refused(void);

/*
 * Tags for checkers that cannot run a test (CK_EXCLUDE_TAGS). Such a test needs a single-threaded
 * process, executes itself, counts its descriptors, or needs signal handlers to run at once.
 */
#define UNIT_ALONE   "alone"
#define UNIT_ANEW    "anew"
#define UNIT_COUNTED "counted"
#define UNIT_PROMPT  "prompt"

/*
 * What `unit --alone` runs. Exits with 0 if nobody would notice a fresh socket in a process that
 * was just executed.
 */
int sharing_alone(void);

#endif
