/* SPDX-License-Identifier: MIT */
/* Runs Check's suites and prints TAP. Adds skipped tests, which Check does not support. */
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A skip is a line of its own, before the test's result. */
static const char mark[] = "#skip ";

void tap_skip(const char *reason)
{
	if (getenv("NSC_NO_SKIP"))
		ck_abort_msg("skipped where skipping is forbidden: %s", reason);
	dprintf(STDOUT_FILENO, "%s%s\n", mark, reason);
	exit(0); /* Check counts this as success */
}

static void print_results(FILE *results)
{
	char line[1024], reason[1024] = "";

	while (fgets(line, sizeof line, results)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, mark, sizeof mark - 1) == 0) {
			strcpy(reason, line + sizeof mark - 1);
			continue;
		}
		if (*reason && strncmp(line, "ok ", 3) == 0)
			printf("%s # SKIP %s\n", line, reason);
		else
			printf("%s\n", line);
		*reason = '\0';
		fflush(stdout);
	}
}

static int run(SRunner *runner, int results[2])
{
	/*
	 * The core inspects every descriptor of the process, so leave none open that a test did not
	 * open.
	 */
	dup2(results[1], STDOUT_FILENO);
	for (int fd = 3; fd < 1024; fd++)
		close(fd);
	/* Line buffering keeps a skip from landing in the middle of another line. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	srunner_set_tap(runner, "-");
	srunner_set_fork_status(runner, CK_FORK);
	srunner_run_all(runner, CK_SILENT);
	srunner_free(runner);
	return 0;
}

int tap_run(SRunner *runner)
{
	int results[2], status;
	pid_t child;
	FILE *stream;

	if (pipe(results) || (child = fork()) < 0)
		return 99;
	if (child == 0)
		exit(run(runner, results));
	srunner_free(runner);
	close(results[1]);
	stream = fdopen(results[0], "r");
	if (stream)
		print_results(stream);
	return waitpid(child, &status, 0) == child && status == 0 ? 0 : 99;
}
