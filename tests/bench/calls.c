/* SPDX-License-Identifier: MIT */
/* Measures calls inside one process: `calls SUBJECT PERCENT MEASURES...`, MEASURES as below. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

static const struct {
	const char *name;
	void (*run)(void);
	bool pinned;
} all[] = {
	{"connects", bench_connects, true}, {"sends", bench_sends, true},
	{"request", bench_request, true},   {"threads", bench_threads, false},
	{"repairs", bench_repairs, true},   {"slope", bench_slope, true},
	{"returns", bench_returns, true},
};

static int run_measure(const char *name)
{
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
		if (strcmp(name, all[i].name))
			continue;
		if (all[i].pinned)
			bench_pin();
		all[i].run();
		return 0;
	}
	fprintf(stderr, "calls: no measure %s\n", name);
	return 2;
}

int main(int argc, char *argv[])
{
	int status = 0;

	if (argc < 4 || atoi(argv[2]) <= 0) {
		fputs("usage: calls SUBJECT PERCENT MEASURES...\n", stderr);
		return 2;
	}
	bench_subject = argv[1];
	bench_percent = atoi(argv[2]);
	bench_find_doors();
	for (int i = 3; i < argc && status == 0; i++)
		status = run_measure(argv[i]);
	return status;
}
