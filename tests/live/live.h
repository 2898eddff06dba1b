/* SPDX-License-Identifier: MIT */
/*
 * The live tests. This very process runs under LD_PRELOAD. Each test has a network namespace of its
 * own, with an ip_local_port_range of only a few ports.
 */
#ifndef NSC_TESTS_LIVE_H
#define NSC_TESTS_LIVE_H

#include <check.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "descriptors.h"
#include "self_connected.h"
#include "netns.h"
#include "reexec.h"
#include "tap.h"

enum { PORT = 40000 }; /* has no server */

struct place {
	struct sockaddr_storage address;
	socklen_t length;
};

/* `text` is an IPv4 or IPv6 address, followed by %SCOPE if the address needs one. */
struct place place(const char *text, unsigned port);

/*
 * Moves the test into a network namespace with only lo up and the ephemeral range LOW..HIGH. Proves
 * that plain system calls to 127.0.0.1:LOW connect to themselves there.
 */
void net(unsigned low, unsigned high);

/* The same with the range 40000..40001, in which the kernel always tries PORT first. */
void net_of_two_ports(void);

/* Waits until connecting to an address that was just added gives a self-connection. */
void wait_for_itself(struct place to);

/* Runs a shell command. Fails the test if the command fails. */
void run(const char *command);

/*
 * Drops outgoing TCP packets that match an nft(8) expression. "tcp dport 40000" keeps connect()
 * from finishing; "tcp sport 40001" does so for the retry after a repair.
 */
void drop(const char *which);

/*
 * Sends one SIGALRM after this many milliseconds. `handler` may return or jump; `flags` are those
 * of sigaction(2).
 */
void alarm_after(int milliseconds, void (*handler)(int), int flags);

/* Waits for these events of poll(2), 10 s at most. Kernels may delay the packets of loopback. */
void wait_ready(int fd, short events);

/* connect(2) as a plain system call, so the result is that without the shim. */
int bare_connect(int fd, struct place to);

/* connect() through the shim. */
int shim_connect(int fd, struct place to);

/* A TCP socket of the destination's family. `flags` is 0 or SOCK_NONBLOCK. */
int tcp_socket(struct place to, int flags);

/*
 * Waits for a connect() in progress and returns 0 or its error. `result` and errno are connect()'s.
 */
int outcome(int fd, int result);

/* Tears a self-connection down as the shim does, so that no TIME_WAIT remains, and closes it. */
void reset(int fd);

/* Connects through the shim. Fails the test unless the result is ECONNREFUSED. */
void assert_refused(int fd, struct place to);

/* Makes a new socket with `flags`, has its connection refused, and closes it. */
void assert_new_socket_refused(struct place to, int flags);

/* Does the namespace still have a socket or a TIME_WAIT on PORT? */
bool port_is_traced(void);

/* Fails the test unless PORT is free, without a TIME_WAIT, so that a server can bind it at once. */
void assert_port_free(struct place at);

/* Starts a server on `at` without SO_REUSEADDR. */
int listener(struct place at);

/* The value of NOSELFCONN_METHOD: "auto", "prevent", "replace" or "rewind". */
const char *method(void);

/*
 * Is the method a fixed one, "replace" or "rewind"? Linux before 5.14 has no SO_NETNS_COOKIE and no
 * SO_BUF_LOCK, so the shim cannot make an equal twin there and never replaces.
 */
bool always_replaced(void);
bool never_replaced(void);

/*
 * Connects `fd` to itself through the shim and has it refused. Returns true if the repair replaced
 * the socket, which changes the inode.
 */
bool was_replaced(int fd, struct place to);

/*
 * Fails the test unless auto and the fixed methods repair as documented. NOSELFCONN_METHOD=replace
 * skips the checks for others who might notice, but still loses no property of the socket.
 */
void assert_rewound(int fd, struct place to);
void assert_rewound_by_auto(int fd, struct place to);
void assert_replaced_unless_forced(int fd, struct place to);

/*
 * For a test that needs a single-threaded process with no other descriptors. Call it with __func__.
 * It runs the test in a newly executed process and returns true: the caller has nothing left to do.
 * In the new process it returns false.
 */
bool run_anew(const char *function);

/* Is this a process that run_anew() executed? */
bool is_alone(void);

/* Runs one test for `live --alone FUNCTION` in this process. Returns the exit status. */
int run_only(const char *function);

/*
 * Tags for checkers that cannot run a test (CK_EXCLUDE_TAGS). Such a test needs a newly executed,
 * single-threaded process, passes wild pointers to the kernel, or removes what a checker needs
 * (/proc, system calls).
 */
#define LIVE_ALONE  "alone anew"
#define LIVE_WILD   "wild"
#define LIVE_DENIED "denied"

Suite *suite_live_carried(void);
Suite *suite_live_destroyed(void);
Suite *suite_live_detect(void);
Suite *suite_live_options(void);
Suite *suite_live_own_port(void);
Suite *suite_live_callers(void);
Suite *suite_live_children(void);
Suite *suite_live_fastopen_connect(void);
Suite *suite_live_sandboxes(void);
Suite *suite_live_threads(void);
Suite *suite_live_waiters(void);
Suite *suite_live_range(void);
Suite *suite_live_prevent(void);
Suite *suite_live_repair(void);
Suite *suite_live_ways(void);
Suite *suite_live_errors(void);
Suite *suite_live_fastopen(void);
Suite *suite_live_interrupted(void);
Suite *suite_live_jail(void);
Suite *suite_live_jail_alone(void);

#endif
