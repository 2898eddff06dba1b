/* SPDX-License-Identifier: MIT */
/* Runs the live tests, itself under LD_PRELOAD. */
#include "live.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Children know nothing of the preload unless a test gives it to them: strace, ip and sh do without. */
static void run_under_the_shim(char *argv[])
{
	const char *builddir = getenv("builddir");
	char library[4096];

	if (getenv("NSC_TESTS_PRELOADED")) {
		unsetenv("LD_PRELOAD");
		return;
	}
	snprintf(library, sizeof library, "%s/.libs/libnoselfconn.so", builddir ? builddir : ".");
	if (access(library, R_OK)) {
		fprintf(stderr, "%s: no library there; run it by `make check`, or set builddir\n", library);
		exit(99);
	}
	setenv("LD_PRELOAD", library, 1);
	setenv("NSC_TESTS_PRELOADED", "1", 1);
	execv("/proc/self/exe", argv);
	perror("execv");
	exit(99);
}

static bool can_make_namespaces(void)
{
	int status;
	pid_t child = fork();

	if (child == 0)
		_exit(unshare(geteuid() == 0 ? CLONE_NEWNET : CLONE_NEWUSER | CLONE_NEWNET) ? 1 : 0);
	return waitpid(child, &status, 0) == child && status == 0;
}

/* `live --alone N`: one test of live_ways.c in this very process. The exit status tells. */
static int run_alone(const char *number)
{
	SRunner *runner = srunner_create(suite_live_alone(atoi(number)));

	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_NORMAL);
	return srunner_ntests_failed(runner) ? 1 : 0;
}

int main(int argc, char *argv[])
{
	SRunner *runner;

	run_under_the_shim(argv);
	if (argc == 3 && strcmp(argv[1], "--alone") == 0)
		return run_alone(argv[2]);
	if (!can_make_namespaces()) {
		puts("1..0 # SKIP neither root nor allowed to make a user namespace");
		return getenv("NSC_NO_SKIP") ? 1 : 0;
	}
	runner = srunner_create(suite_live_detect());
	srunner_add_suite(runner, suite_live_own_port());
	srunner_add_suite(runner, suite_live_range());
	srunner_add_suite(runner, suite_live_repair());
	srunner_add_suite(runner, suite_live_ways());
	srunner_add_suite(runner, suite_live_errors());
	srunner_add_suite(runner, suite_live_fastopen());
	srunner_add_suite(runner, suite_live_interrupted());
	srunner_add_suite(runner, suite_live_options());
	srunner_add_suite(runner, suite_live_waiters());
	srunner_add_suite(runner, suite_live_callers());
	return tap_run(runner);
}
