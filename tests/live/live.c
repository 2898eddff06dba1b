/* SPDX-License-Identifier: MIT */
/* Runs itself under the shim, and then each suite. Skips where no network namespace can be made. */
#include "live.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Children such as strace, ip and sh run without the preload, unless a test sets it for them. */
static void run_under_the_shim(char *argv[])
{
	const char *builddir = getenv("builddir"), *first = getenv("LD_PRELOAD");
	char library[4096], preload[8192];

	if (getenv("NSC_TESTS_PRELOADED")) {
		unsetenv("LD_PRELOAD");
		return;
	}
	snprintf(library, sizeof library, "%s/.libs/libnoselfconn.so", builddir ? builddir : ".");
	if (access(library, R_OK)) {
		fprintf(stderr, "%s: no library there; run it by `make check`, or set builddir\n",
			library);
		exit(99);
	}
	/* A sanitizer's runtime must come first. */
	snprintf(preload, sizeof preload, "%s%s%s", first ? first : "", first ? ":" : "", library);
	setenv("LD_PRELOAD", preload, 1);
	setenv("NSC_TESTS_PRELOADED", preload, 1);
	execv(reexec_path(), argv);
	perror("execv");
	exit(99);
}

static bool can_make_namespaces(void)
{
	int status;
	pid_t child = fork();

	if (child == 0)
		_exit(!netns_make(PORT, PORT + 1));
	return waitpid(child, &status, 0) == child && status == 0;
}

int main(int argc, char *argv[])
{
	SRunner *runner;

	run_under_the_shim(argv);
	if (argc == 3 && strcmp(argv[1], "--alone") == 0)
		return run_only(argv[2]);
	if (!can_make_namespaces()) {
		puts("1..0 # SKIP no permission to make a network namespace");
		return getenv("NSC_NO_SKIP") ? 1 : 0;
	}
	runner = srunner_create(suite_live_detect());
	srunner_add_suite(runner, suite_live_own_port());
	srunner_add_suite(runner, suite_live_range());
	if (strcmp(method(), "prevent") == 0)
		srunner_add_suite(runner, suite_live_prevent());
	srunner_add_suite(runner, suite_live_repair());
	srunner_add_suite(runner, suite_live_ways());
	srunner_add_suite(runner, suite_live_children());
	srunner_add_suite(runner, suite_live_carried());
	srunner_add_suite(runner, suite_live_errors());
	srunner_add_suite(runner, suite_live_fastopen());
	srunner_add_suite(runner, suite_live_fastopen_connect());
	srunner_add_suite(runner, suite_live_interrupted());
	srunner_add_suite(runner, suite_live_options());
	srunner_add_suite(runner, suite_live_destroyed());
	srunner_add_suite(runner, suite_live_waiters());
	srunner_add_suite(runner, suite_live_threads());
	srunner_add_suite(runner, suite_live_callers());
	srunner_add_suite(runner, suite_live_sandboxes());
	srunner_add_suite(runner, suite_live_jail());
	srunner_add_suite(runner, suite_live_jail_alone());
	return tap_run(runner);
}
