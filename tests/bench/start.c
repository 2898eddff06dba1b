/* SPDX-License-Identifier: MIT */
/*
 * Measures what a preloaded library adds to the start of a process: `start ROUNDS PROGRAM
 * SUBJECT=LIBRARY...`. Each round starts the program twice without the library and twice with it,
 * and prints a line of CSV for the time and one for the page faults. An empty LIBRARY is the
 * control: all starts are bare.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

extern char **environ;

enum { MAX_ENVIRONMENT = 64 };

struct cost {
	double nanoseconds;
	long faults;
};

static struct cost start(char *program, char **environment)
{
	char *arguments[] = {program, NULL};
	struct rusage usage;
	struct cost cost;
	int status;
	pid_t child;

	cost.nanoseconds = -bench_now();
	/* vfork() does not copy the parent's memory, so the program's own start dominates. */
	child = vfork();
	if (child == 0) {
		execve(program, arguments, environment);
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &usage) != child || status) {
		fprintf(stderr, "start: %s does not run with %s\n", program,
			environment[0] ? environment[0] : "no environment");
		exit(1);
	}
	cost.nanoseconds += bench_now();
	cost.faults = usage.ru_minflt + usage.ru_majflt;
	return cost;
}

static void start_pair(char *program, const char *subject, const char *library, int round)
{
	char preload[4096], *with[MAX_ENVIRONMENT + 2] = {preload};
	double nanoseconds[2] = {0, 0}, faults[2] = {0, 0};

	snprintf(preload, sizeof preload, "LD_PRELOAD=%s", library);
	for (int i = 0; environ[i] && i < MAX_ENVIRONMENT; i++)
		with[i + 1] = environ[i];
	for (int turn = 0; turn < BENCH_TURNS; turn++) {
		int which = bench_turn(round, turn);
		struct cost cost = start(program, which && *library ? with : environ);

		nanoseconds[which] += cost.nanoseconds * 2 / BENCH_TURNS;
		faults[which] += (double)cost.faults * 2 / BENCH_TURNS;
	}
	bench_record("process start", subject, "us", round, nanoseconds[0] / 1000,
		     nanoseconds[1] / 1000);
	bench_record("page faults of a start", subject, "faults", round, faults[0], faults[1]);
}

int main(int argc, char *argv[])
{
	if (argc < 4 || atoi(argv[1]) <= 0) {
		fputs("usage: start ROUNDS PROGRAM SUBJECT=LIBRARY...\n", stderr);
		return 2;
	}
	bench_pin();
	for (int round = 0; round < atoi(argv[1]); round++) {
		for (int i = 3; i < argc; i++) {
			char subject[64] = "";
			const char *equals = strchr(argv[i], '=');

			if (!equals || equals - argv[i] >= (long)sizeof subject)
				return 2;
			memcpy(subject, argv[i], (size_t)(equals - argv[i]));
			start_pair(argv[2], subject, equals + 1, round);
		}
	}
	return 0;
}
