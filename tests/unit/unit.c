/* SPDX-License-Identifier: MIT */
/*
 * Runs the unit tests of the core, which is everything but the interposed functions. Fakes replace
 * the outside world where that matters.
 */
#include "unit.h"

#include <stddef.h>
#include <string.h>

#include "tap.h"

int main(int argc, char *argv[])
{
	static Suite *(*const suites[])(void) = {
		suite_address,
		suite_cleanup,
		suite_config_file,
		suite_detect,
		suite_ephemeral,
		suite_freestanding,
		suite_guard,
		suite_guard_repair,
		suite_guard_settings,
		suite_guard_wait,
		suite_in_force,
		suite_in_force_log,
		suite_inode,
		suite_kernel,
		suite_line,
		suite_log_limit,
		suite_options,
		suite_procfs,
		suite_repair,
		suite_repair_faults,
		suite_repair_hold,
		suite_report,
		suite_report_file,
		suite_report_settings,
		suite_report_stderr,
		suite_salvage,
		suite_settings,
		suite_sharing,
		suite_sharing_children,
		suite_sharing_unknown,
		suite_signals,
		suite_twin,
		suite_twin_refused,
	};
	SRunner *runner;

	if (argc == 2 && strcmp(argv[1], "--alone") == 0)
		return sharing_alone();
	runner = srunner_create(NULL);
	for (size_t i = 0; i < sizeof suites / sizeof *suites; i++)
		srunner_add_suite(runner, suites[i]());
	return tap_run(runner);
}
