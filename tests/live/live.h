/* SPDX-License-Identifier: MIT */
/*
 * The live tests: this very process runs under LD_PRELOAD, in a network namespace of its own per
 * test, whose ip_local_port_range leaves the kernel hardly a choice.
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

enum { PORT = 40000 }; /* nobody listens on it */

struct place {
	struct sockaddr_storage address;
	socklen_t length;
};

/* `text` is an IPv4 or IPv6 address, with %SCOPE where it needs one. */
struct place place(const char *text, unsigned port);

/*
 * Moves the test into a network namespace of its own where only lo is up and LOW..HIGH are the
 * ports that the kernel chooses from, and proves that plain system calls to 127.0.0.1:LOW connect
 * to themselves there.
 */
void net(unsigned low, unsigned high);

/* The same with 40000..40001, where the first choice is always PORT. */
void net_of_two_ports(void);

/* Waits until a connection to an address that was just added comes to be: with itself, which proves
 * that it can. */
void wait_for_itself(struct place to);

/* Runs a shell command and fails the test where that fails. */
void run(const char *command);

/*
 * Drops TCP packets on their way out, as nft(8) has it: "tcp dport 40000" keeps connect() from
 * coming to an end, "tcp sport 40001" the retry of a connect() that has been repaired.
 */
void drop(const char *which);

/* Sends SIGALRM once, after so many milliseconds; `handler` returns or jumps. `flags` as of
 * sigaction(2). */
void alarm_after(int milliseconds, void (*handler)(int), int flags);

/* connect(2) as a plain system call: what the program would get without the shim. */
int bare_connect(int fd, struct place to);

/* connect() through the shim. */
int shim_connect(int fd, struct place to);

/* A TCP socket of the destination's family; `flags` as SOCK_NONBLOCK. */
int tcp_socket(struct place to, int flags);

/* Waits for a connect() in progress: 0, or the error that it ended in. `result` and errno are
 * connect()'s. */
int outcome(int fd, int result);

/* Tears a self-connection down as the shim would, so that it leaves no TIME_WAIT, and closes it. */
void reset(int fd);

/* Connects through the shim and has it end in ECONNREFUSED, not self-connected. */
void assert_refused(int fd, struct place to);

/* connects with a new socket, blocking or not, has it refused, and closes it. */
void assert_new_socket_refused(struct place to, int flags);

/* Whether something of PORT's is left in the namespace: a socket, or a TIME_WAIT. */
bool port_is_traced(void);

/* Nothing of PORT's is left in the namespace, TIME_WAIT included, and a server can bind it at once.
 */
void assert_port_free(struct place at);

/* A server on `at`, without SO_REUSEADDR. */
int listener(struct place at);

/* What NOSELFCONN_METHOD says: "auto", "prevent", "replace" or "rewind". */
const char *method(void);

/*
 * Whether that leaves no choice: "replace" and "rewind". Before Linux 5.14 (no SO_NETNS_COOKIE, no
 * SO_BUF_LOCK) nothing is ever replaced, as nobody can tell what a twin would have to be like.
 */
bool always_replaced(void);
bool never_replaced(void);

/*
 * Connects `fd` to itself through the shim, has it refused, and tells which way the repair took: a
 * fresh socket has another inode.
 */
bool was_replaced(int fd, struct place to);

/*
 * What auto must do, and the forced methods with it. NOSELFCONN_METHOD=replace does not ask who
 * might notice, but does not lose anything either.
 */
void assert_rewound(int fd, struct place to);
void assert_rewound_by_auto(int fd, struct place to);
void assert_replaced_unless_forced(int fd, struct place to);

/*
 * For a test that takes a process with one thread and no descriptors but its own. Called with
 * __func__: runs that test in a process executed anew and returns true, with nothing left to do;
 * there it returns false.
 */
bool run_anew(const char *function);

/* Whether this is a process that run_anew() executed. */
bool is_alone(void);

/* `live --alone FUNCTION`: that test in this very process. Returns the exit status. */
int run_only(const char *function);

/*
 * Tags, for checkers that cannot run a test (CK_EXCLUDE_TAGS): it takes a process with no thread
 * but its own, executed anew; it hands wild pointers to the kernel; it takes away what checkers
 * live on (/proc, system calls).
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
