/* SPDX-License-Identifier: MIT */
/*
 * Runs tests in a newly executed process. A process forked without exec shares its descriptors, so
 * the shim would rewind.
 */
#include "live.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The one test that this process runs; NULL in the process that runs all of them. */
static const char *only;
static bool has_run;

int run_only(const char *function)
{
	SRunner *runner = srunner_create(suite_live_ways());
	int failed;

	only = function;
	srunner_add_suite(runner, suite_live_children());
	srunner_add_suite(runner, suite_live_carried());
	srunner_add_suite(runner, suite_live_jail_alone());
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed || !has_run;
}

bool is_alone(void)
{
	return only != NULL;
}

bool run_anew(const char *function)
{
	pid_t child;
	int status;

	if (only) {
		bool is_it = strcmp(only, function) == 0;

		has_run = has_run || is_it;
		return !is_it;
	}
	child = fork();
	if (child == 0) {
		setenv("LD_PRELOAD", getenv("NSC_TESTS_PRELOADED"), 1);
		dup2(STDERR_FILENO, STDOUT_FILENO); /* which is TAP's */
		execl(reexec_path(), "live", "--alone", function, (char *)NULL);
		_exit(99);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_msg(status == 0, "live --alone %s ended with status %#x", function,
		      (unsigned)status);
	return true;
}
