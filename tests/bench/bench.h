/* SPDX-License-Identifier: MIT */
/* What the benchmark's programs share: a clock, pairs, two sets of doors, and lines of CSV. */
#ifndef NSC_BENCH_H
#define NSC_BENCH_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>

/* The functions to compare: libc's own, and those that a program gets. */
struct doors {
	int (*connect)(int, const struct sockaddr *, socklen_t);
	ssize_t (*sendto)(int, const void *, size_t, int, const struct sockaddr *, socklen_t);
	ssize_t (*sendmsg)(int, const struct msghdr *, int);
	int (*sendmmsg)(int, struct mmsghdr *, unsigned, int);
};

/*
 * Something to measure. `run` makes `calls` calls through the doors and is timed; what it needs is
 * made by `prepare` and cleared away by `finish`, which are not (NULL for none).
 */
struct measure {
	const char *name;
	int calls, rounds;
	void (*prepare)(void);
	void (*run)(const struct doors *doors, int calls);
	void (*finish)(void);
};

/* Set from the command line: who is preloaded, and how much of each measure's rounds to run, in
 * percent. */
extern const char *bench_subject;
extern int bench_percent;

extern struct doors bench_bare, bench_program;
void bench_find_doors(void);

/* Nanoseconds of CLOCK_MONOTONIC. */
double bench_now(void);

/* Keeps the process on one CPU, the last that it may use: the first takes most of a machine's
 * interrupts. */
void bench_pin(void);

/* One line of CSV: measure,subject,unit,round,bare,with. */
void bench_record(const char *measure, const char *subject, const char *unit, int round,
		  double bare, double with);

/*
 * Whose turn it is, 0 for bare and 1 for with: A B B A in one round, B A A B in the next. Whatever
 * drifts within a round drifts for both, and neither is always the first.
 */
enum { BENCH_TURNS = 4 };
int bench_turn(int round, int turn);

/* Per round two batches through libc's doors and two through the program's. Records nanoseconds per
 * call. */
void bench_pairs(const struct measure *measure);

/* Ends the program with perror() where `result` is below 0; returns it otherwise. */
int bench_try(int result, const char *what);

struct sockaddr_in bench_loopback(unsigned port);

/* A TCP listener on loopback whose queue takes BENCH_QUEUE connections; and what takes them out and
 * resets them. */
enum { BENCH_QUEUE = 64 };
int bench_listen(unsigned port);
void bench_drain(int listener, int count);

/* Closes by RST: no TIME_WAIT piles up. */
void bench_reset(int fd);

void bench_connects(void);
void bench_sends(void);
void bench_request(void);
void bench_threads(void);
void bench_repairs(void);
void bench_slope(void);
void bench_returns(void);

#endif
