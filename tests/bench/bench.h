/* SPDX-License-Identifier: MIT */
/* The common part of the benchmark's programs: clock, pairs, the functions to compare, CSV. */
#ifndef NSC_BENCH_H
#define NSC_BENCH_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>

/* The functions to compare: libc's own, and those that a program calls. */
struct doors {
	int (*connect)(int, const struct sockaddr *, socklen_t);
	ssize_t (*sendto)(int, const void *, size_t, int, const struct sockaddr *, socklen_t);
	ssize_t (*sendmsg)(int, const struct msghdr *, int);
	int (*sendmmsg)(int, struct mmsghdr *, unsigned, int);
};

/*
 * A measure. `run` makes `calls` calls and is timed. `prepare` and `finish` set up and clean up,
 * untimed; either may be NULL.
 */
struct measure {
	const char *name;
	int calls, rounds;
	void (*prepare)(void);
	void (*run)(const struct doors *doors, int calls);
	void (*finish)(void);
};

/* From the command line: the name of the preloaded library, and the share of the rounds to run, in
 * percent. */
extern const char *bench_subject;
extern int bench_percent;

extern struct doors bench_bare, bench_program;
void bench_find_doors(void);

/* Nanoseconds of CLOCK_MONOTONIC. */
double bench_now(void);

/* Pins the process to its last CPU, because the first one handles most interrupts. */
void bench_pin(void);

/* One line of CSV: measure,subject,unit,round,bare,with. */
void bench_record(const char *measure, const char *subject, const char *unit, int round,
		  double bare, double with);

/*
 * The turn, 0 for bare and 1 for with: A B B A in one round, B A A B in the next. So drift within a
 * round affects both, and neither is always the first.
 */
enum { BENCH_TURNS = 4 };
int bench_turn(int round, int turn);

/* Runs two batches with libc's functions and two with the program's per round. Records nanoseconds
 * per call. */
void bench_pairs(const struct measure *measure);

/* Returns `result`. If it is negative, ends the program with perror(). */
int bench_try(int result, const char *what);

struct sockaddr_in bench_loopback(unsigned port);

/* A TCP listener on loopback whose queue has room for BENCH_QUEUE connections, and a function that
 * accepts and resets them. */
enum { BENCH_QUEUE = 64 };
int bench_listen(unsigned port);
void bench_drain(int listener, int count);

/* Closes with RST, so that TIME_WAIT does not pile up. */
void bench_reset(int fd);

void bench_connects(void);
void bench_sends(void);
void bench_request(void);
void bench_threads(void);
void bench_repairs(void);
void bench_slope(void);
void bench_returns(void);

#endif
