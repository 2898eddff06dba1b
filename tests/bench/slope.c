/* SPDX-License-Identifier: MIT */
/* Measures whether the time and memory of a connect() grow with the number of earlier ones. */
#include <stdio.h>
#include <unistd.h>

#include "bench.h"

/*
 * UDP: its connect() is cheap, but goes all the way through the shim: clock, range, getsockname().
 */
enum { INSIDE = 45001, CALLS = 10000, MILLION = 1000000 };

/* Private memory only, because the kernel maps and unmaps pages of files as it likes. */
static long anonymous_kib(void)
{
	FILE *file = fopen("/proc/self/status", "r");
	char line[256];
	long kib = -1;

	while (file && kib < 0 && fgets(line, sizeof line, file))
		sscanf(line, "RssAnon: %ld", &kib);
	if (kib < 0)
		bench_try(-1, "RssAnon in /proc/self/status");
	fclose(file);
	return kib;
}

static double time_calls(const struct doors *doors, int fd, const struct sockaddr_in *to)
{
	double start = bench_now();

	for (int i = 0; i < CALLS; i++)
		bench_try(doors->connect(fd, (const struct sockaddr *)to, sizeof *to), "connect");
	return (bench_now() - start) / CALLS;
}

/* In pairs with bare calls, so that a machine that gets busier does not look like a slope. */
static void time_a_million(const char *name, int fd, const struct sockaddr_in *to)
{
	for (int i = 0; i < MILLION / CALLS; i++) {
		double bare = time_calls(&bench_bare, fd, to);

		bench_record(name, bench_subject, "ns", i, bare,
			     time_calls(&bench_program, fd, to));
	}
}

void bench_slope(void)
{
	struct sockaddr_in to = bench_loopback(INSIDE);
	int fd = bench_try(socket(AF_INET, SOCK_DGRAM, 0), "socket");
	long before;

	time_a_million("the first million of connects", fd, &to);
	anonymous_kib();
	before = anonymous_kib();
	for (int i = 0; i < 8 * MILLION / CALLS; i++)
		time_calls(&bench_program, fd, &to);
	time_a_million("the tenth million of connects", fd, &to);
	bench_record("memory from then to the tenth", bench_subject, "KiB", 0, (double)before,
		     (double)anonymous_kib());
	close(fd);
}
