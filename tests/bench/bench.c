/* SPDX-License-Identifier: MIT */
/* The common part of the benchmark's programs. */
#include "bench.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

const char *bench_subject = "control";
int bench_percent = 100;
struct doors bench_bare, bench_program;

double bench_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

void bench_pin(void)
{
	cpu_set_t allowed, last;

	if (sched_getaffinity(0, sizeof allowed, &allowed))
		return;
	for (int cpu = CPU_SETSIZE - 1; cpu >= 0; cpu--) {
		if (!CPU_ISSET((size_t)cpu, &allowed))
			continue;
		CPU_ZERO(&last);
		CPU_SET((size_t)cpu, &last);
		sched_setaffinity(0, sizeof last, &last);
		return;
	}
}

void bench_record(const char *measure, const char *subject, const char *unit, int round,
		  double bare, double with)
{
	printf("%s,%s,%s,%d,%.7g,%.7g\n", measure, subject, unit, round, bare, with);
}

int bench_try(int result, const char *what)
{
	if (result < 0) {
		perror(what);
		exit(1);
	}
	return result;
}

static void find_in(void *where, struct doors *doors)
{
	*(void **)&doors->connect = dlsym(where, "connect");
	*(void **)&doors->sendto = dlsym(where, "sendto");
	*(void **)&doors->sendmsg = dlsym(where, "sendmsg");
	*(void **)&doors->sendmmsg = dlsym(where, "sendmmsg");
	if (!doors->connect || !doors->sendto || !doors->sendmsg || !doors->sendmmsg)
		bench_try(-1, "dlsym");
}

void bench_find_doors(void)
{
	/* Lookup by handle searches only libc and its dependencies, not preloaded libraries. */
	void *libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);

	if (!libc)
		bench_try(-1, "dlopen libc.so.6");
	find_in(libc, &bench_bare);
	find_in(RTLD_DEFAULT, &bench_program);
}

static double time_batch(const struct measure *measure, const struct doors *doors)
{
	double start, end;

	if (measure->prepare)
		measure->prepare();
	start = bench_now();
	measure->run(doors, measure->calls);
	end = bench_now();
	if (measure->finish)
		measure->finish();
	return (end - start) / measure->calls;
}

void bench_pairs(const struct measure *measure)
{
	const struct doors *doors[] = {&bench_bare, &bench_program};
	int rounds = measure->rounds * bench_percent / 100;
	/* The first rounds warm up and do not count. */
	for (int round = -3; round < (rounds ? rounds : 1); round++) {
		double cost[2] = {0, 0};

		for (int turn = 0; turn < BENCH_TURNS; turn++) {
			int which = bench_turn(round, turn);

			cost[which] += time_batch(measure, doors[which]) * 2 / BENCH_TURNS;
		}
		if (round >= 0)
			bench_record(measure->name, bench_subject, "ns", round, cost[0], cost[1]);
	}
}

int bench_turn(int round, int turn)
{
	return (turn == 1 || turn == 2) != (round & 1);
}

struct sockaddr_in bench_loopback(unsigned port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	address.sin_port = htons((in_port_t)port);
	return address;
}

int bench_listen(unsigned port)
{
	struct sockaddr_in at = bench_loopback(port);
	int fd = bench_try(socket(AF_INET, SOCK_STREAM, 0), "socket"), on = 1;

	bench_try(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), "SO_REUSEADDR");
	bench_try(bind(fd, (struct sockaddr *)&at, sizeof at), "bind");
	bench_try(listen(fd, BENCH_QUEUE + 1), "listen");
	return fd;
}

void bench_reset(int fd)
{
	struct linger at_once = {1, 0};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	close(fd);
}

void bench_drain(int listener, int count)
{
	while (count--)
		bench_reset(bench_try(accept(listener, NULL, NULL), "accept"));
}
