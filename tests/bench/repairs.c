/* SPDX-License-Identifier: MIT */
/* Measures a repair: a forced self-connection, repaired and refused, with socket() and close(). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench.h"

/* The network namespace has ip_local_port_range 40000 40001, so each connect() to 40000 hits
 * itself. */
enum { PORT = 40000 };

static struct sockaddr_in itself;

/* The baseline: the system calls that every repair needs, and no others. */
static void repair_by_hand(int fd, const struct doors *doors)
{
	struct sockaddr unspecified = {.sa_family = AF_UNSPEC};
	socklen_t length = sizeof itself;
	struct sockaddr_in local;
	int holder, on = 1;

	bench_try(doors->connect(fd, (struct sockaddr *)&itself, sizeof itself),
		  "connect to itself");
	bench_try(getsockname(fd, (struct sockaddr *)&local, &length), "getsockname");
	if (local.sin_port != itself.sin_port)
		bench_try(-1, "this connect was to hit itself");
	bench_try(doors->connect(fd, &unspecified, sizeof unspecified), "tear down");
	holder = bench_try(socket(AF_INET, SOCK_STREAM, 0), "socket");
	bench_try(bind(holder, (struct sockaddr *)&local, sizeof local), "hold");
	bench_try(setsockopt(holder, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), "SO_REUSEADDR");
	if (doors->connect(fd, (struct sockaddr *)&itself, sizeof itself) == 0 ||
	    errno != ECONNREFUSED)
		bench_try(-1, "retry");
	close(holder);
}

static void repair(const struct doors *doors, int calls)
{
	for (int i = 0; i < calls; i++) {
		int fd = bench_try(socket(AF_INET, SOCK_STREAM, 0), "socket");

		if (doors == &bench_bare)
			repair_by_hand(fd, doors);
		else if (doors->connect(fd, (struct sockaddr *)&itself, sizeof itself) == 0 ||
			 errno != ECONNREFUSED)
			bench_try(-1, "connect that was to be repaired and refused");
		close(fd);
	}
}

/* As many as wanted, up to the hard limit. */
static int allow_descriptors(int wanted)
{
	enum { ROOM = 16 };
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_max < (rlim_t)wanted + ROOM) {
		struct rlimit more = {(rlim_t)wanted + ROOM, (rlim_t)wanted + ROOM};

		if (setrlimit(RLIMIT_NOFILE, &more) == 0)
			return wanted;
		wanted = (int)limit.rlim_max - ROOM;
		fprintf(stderr, "calls: the hard limit leaves room for %d descriptors only\n",
			wanted);
	}
	limit.rlim_cur = limit.rlim_max;
	bench_try(setrlimit(RLIMIT_NOFILE, &limit), "RLIMIT_NOFILE");
	return wanted;
}

static void open_descriptors(int count)
{
	int fd = 0;

	while (fd < count - 1)
		fd = bench_try(open("/dev/null", O_RDONLY | O_CLOEXEC), "/dev/null");
}

void bench_repairs(void)
{
	static const int counts[] = {10, 1000, 100000};
	const char *method = getenv("NOSELFCONN_METHOD");
	char name[64];
	const struct measure measure = {name, 16, 300, NULL, repair, NULL};

	itself = bench_loopback(PORT);
	for (unsigned i = 0; i < sizeof counts / sizeof *counts; i++) {
		int count = allow_descriptors(counts[i]);

		open_descriptors(count);
		snprintf(name, sizeof name, "repair: %s with %d descriptors",
			 method ? method : "auto", count);
		bench_pairs(&measure);
	}
}
