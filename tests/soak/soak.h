/* SPDX-License-Identifier: MIT */
/* The soak: very many connections, each of them accounted for. scripts/soak runs it. */
#ifndef NSC_TESTS_SOAK_H
#define NSC_TESTS_SOAK_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "itself.h"

/* The port that connections hit themselves on, and one outside ip_local_port_range where nobody
 * listens. */
enum { SOAK_PORT = 40000, SOAK_DEAD_PORT = 30000 };

/* How long anything may take before it counts as hung. */
enum { SOAK_PATIENCE_S = 30 };

enum { SOAK_THREADS = 16 };

/* One way to connect: through which door, to which of loopback's addresses, with which socket. */
struct soak_way {
	unsigned door, address;
	bool blocking, mptcp;
};

enum { SOAK_WAYS = 5 * 6 * 2 * 2 };

/* Does its door connect by MSG_FASTOPEN? */
bool soak_way_sends(struct soak_way way);

/* The way number 0..SOAK_WAYS-1. */
struct soak_way soak_way(unsigned number);

/* For people: "sendto ::1 non-blocking mptcp". Returns `name`. */
const char *soak_way_name(struct soak_way way, char *name, size_t size);

/* The descriptor of a fresh socket, or -1 and errno. */
int soak_way_open(struct soak_way way);

/*
 * Connects `fd` to `port` and waits for the end of it; `data` goes along where the door takes any,
 * and `sent` is what went. With `bare` by a plain system call, so without the shim. Returns 0 when
 * connected, or an errno; ETIMEDOUT after SOAK_PATIENCE_S seconds.
 */
int soak_way_connect(int fd, struct soak_way way, unsigned port, const char *data, size_t size,
		     size_t *sent, bool bare);

/* Waits for poll(2)'s `events` on `fd`, SOAK_PATIENCE_S seconds long. */
bool soak_wait(int fd, short events);

/* Breaks the connection off with RST, which leaves no TIME_WAIT, and closes the descriptor. */
void soak_reset(int fd);

/* Says what failed, and ends the process: the soak itself is broken. */
void soak_die(const char *what) __attribute__((noreturn));

/* A line or part of one to standard output, in one write(2) and without malloc. */
void soak_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Entries of /proc/self/fd. */
int soak_descriptors(void);

/* KiB of data mapped and of anonymous pages present, both exact; VmRSS is not, since Linux 6.2. */
struct soak_memory {
	long data, anonymous;
};
struct soak_memory soak_memory(void);

/*
 * How many established TCP connections were reset in this network namespace, EstabResets of RFC
 * 1213. Where nobody listens, that is how many connections with themselves there were, each of them
 * torn down.
 */
long soak_resets(void);

/* Sockets of this namespace in /proc/self/net/tcp and tcp6, TIME_WAIT included; 0 as port or state
 * means any. */
int soak_sockets(unsigned port, unsigned state);

/*
 * Has the process killed unless it is renewed every SOAK_PATIENCE_S seconds; timer_delete(2) ends
 * it. Each thread has its own and renews it once per connection.
 */
timer_t soak_patience(void);
void soak_patience_renew(timer_t patience);

/* Has signals come in from now on, in between everything: one with SA_RESTART, and one that
 * interrupts. */
void soak_signals(void);

/* Calls work(argument, number) in so many threads and waits for them; with one, in this very
 * thread. */
void soak_in_threads(unsigned threads, void (*work)(void *argument, unsigned number),
		     void *argument);

/* `serve`, and `ask`: the traffic. Exit statuses. */
int soak_serve(const char *file, unsigned long total);
int soak_ask(const char *name, const char *file, unsigned long count, unsigned threads);

#endif
