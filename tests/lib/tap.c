/* SPDX-License-Identifier: MIT */
/* Running Check's suites for a reader of TAP, with what Check does not have: tests that are
 * skipped. */
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* How a skip travels, ahead of its result: "#skip NAME REASON". */
static const char mark[] = "#skip ";

void tap_skip(const char *function, const char *reason)
{
	/* Check adds "_fn" to a test's name. */
	int name = (int)strlen(function) - 3;

	if (getenv("NSC_NO_SKIP"))
		ck_abort_msg("skipped where skipping is forbidden: %s", reason);
	dprintf(STDOUT_FILENO, "%s%.*s %s\n", mark, name, function, reason);
}

/* "ok 5 - ../tests/unit_x.c:case:test_y: Passed" */
static int is_result_of(const char *line, const char *name, size_t length)
{
	const char *at = strstr(line, name);

	return strncmp(line, "ok ", 3) == 0 && at && at[-1] == ':' && at[length] == ':';
}

static void print_results(FILE *results)
{
	char line[1024], skipped[1024] = "", *reason = skipped;

	while (fgets(line, sizeof line, results)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, mark, sizeof mark - 1) == 0) {
			strcpy(skipped, line + sizeof mark - 1);
			reason = skipped + strcspn(skipped, " ");
			*reason++ = '\0';
		} else if (*skipped && is_result_of(line, skipped, strlen(skipped))) {
			printf("%s # SKIP %s\n", line, reason);
			*skipped = '\0';
		} else {
			printf("%s\n", line);
		}
		fflush(stdout);
	}
}

static int run(SRunner *runner, int results[2])
{
	/* The core asks what other descriptors the process has: none that a test did not open. */
	dup2(results[1], STDOUT_FILENO);
	for (int fd = 3; fd < 1024; fd++)
		close(fd);
	/* Whole lines, so that a skip does not come in the middle of one. */
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
