/* SPDX-License-Identifier: MIT */
/* Measures a connect() that several threads make at the same time. */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "bench.h"

/* Each thread has its own listener. One port is inside 40000..49999, the other outside. */
enum { MOST = 8, OUTSIDE = 1000, INSIDE = 45001 };

static struct worker {
	pthread_t thread;
	struct sockaddr_in to;
	int listener, fds[BENCH_QUEUE];
} workers[MOST];

static int count;
static bool over;
static const struct doors *used;
static pthread_barrier_t begin, end;

static void *work(void *argument)
{
	struct worker *worker = argument;

	for (;;) {
		pthread_barrier_wait(&begin);
		if (over)
			return NULL;
		for (int i = 0; i < BENCH_QUEUE; i++)
			bench_try(used->connect(worker->fds[i], (struct sockaddr *)&worker->to,
						sizeof worker->to),
				  "connect");
		pthread_barrier_wait(&end);
	}
}

static void open_sockets(void)
{
	for (int w = 0; w < count; w++)
		for (int i = 0; i < BENCH_QUEUE; i++)
			workers[w].fds[i] = bench_try(socket(AF_INET, SOCK_STREAM, 0), "socket");
}

/* A round lasts from the common start until all threads are done. */
static void connect_in_all(const struct doors *doors, int calls)
{
	(void)calls;
	used = doors;
	pthread_barrier_wait(&begin);
	pthread_barrier_wait(&end);
}

static void reset_sockets(void)
{
	for (int w = 0; w < count; w++) {
		bench_drain(workers[w].listener, BENCH_QUEUE);
		for (int i = 0; i < BENCH_QUEUE; i++)
			bench_reset(workers[w].fds[i]);
	}
}

static void bench_count(int threads, unsigned port, const char *where)
{
	char name[64];
	struct measure measure = {name,         threads * BENCH_QUEUE, 300,
				  open_sockets, connect_in_all,        reset_sockets};

	snprintf(name, sizeof name, "%d thread%s: %s the range", threads, threads > 1 ? "s" : "",
		 where);
	count = threads;
	over = false;
	pthread_barrier_init(&begin, NULL, (unsigned)threads + 1);
	pthread_barrier_init(&end, NULL, (unsigned)threads + 1);
	for (int w = 0; w < threads; w++) {
		workers[w].to = bench_loopback(port + 2 * (unsigned)w);
		workers[w].listener = bench_listen(port + 2 * (unsigned)w);
		bench_try(-pthread_create(&workers[w].thread, NULL, work, &workers[w]),
			  "pthread_create");
	}
	bench_pairs(&measure);
	over = true;
	pthread_barrier_wait(&begin);
	for (int w = 0; w < threads; w++) {
		pthread_join(workers[w].thread, NULL);
		close(workers[w].listener);
	}
	pthread_barrier_destroy(&begin);
	pthread_barrier_destroy(&end);
}

void bench_threads(void)
{
	static const int counts[] = {1, 2, MOST};

	for (unsigned i = 0; i < sizeof counts / sizeof *counts; i++) {
		bench_count(counts[i], OUTSIDE, "outside");
		bench_count(counts[i], INSIDE, "inside");
	}
}
