/* SPDX-License-Identifier: MIT */
/*
 * The scenes' surroundings: a private network and /dev, sockets and servers. No call here goes
 * through the shim.
 */
#ifndef NSC_FAULTS_STAGE_H
#define NSC_FAULTS_STAGE_H

#include <stdbool.h>
#include <sys/socket.h>

#include "self_connected.h"

enum { STAGE_PORT = 40000, STAGE_OTHER_PORT = 40001, STAGE_CLOSED_PORT = 30001 };

/* The address is 127.0.0.1 or ::1. */
struct stage_address {
	struct sockaddr_storage address;
	socklen_t length;
};

/* The log file and the log daemon's socket, in a /dev that only this process has. */
#define STAGE_LOG "/dev/noselfconn.log"

/* Makes the surroundings. Returns false if the machine does not allow it. */
bool stage_make(void);

/* Unless `fine`, prints `what` and ends the program: the machine cannot run the test. */
void stage_need(bool fine, const char *what);

struct stage_address stage_address(int family, unsigned port);

/* connect(2) by its number, past the shim. */
int stage_connect(int fd, struct stage_address to);

/* A TCP socket: plain, with a caller's address and options, or bound to the destination's port. */
int stage_socket(int family, bool nonblocking);
void stage_dress(int fd, int family);
void stage_bind_own(int fd, int family);

/*
 * The options that stage_dress() sets and those that a teardown destroys, as one block to compare.
 */
enum { STAGE_OPTIONS = 20 };
void stage_options(int fd, int value[STAGE_OPTIONS]);

/* A listening socket with SO_REUSEADDR, as servers use it; -1 if the port is taken. */
int stage_listen(int family, unsigned port);

/* Makes or ends a connection from 40000 to a server on another port. */
void stage_share_port(int family);
void stage_unshare_port(void);

/* Closes the socket with an RST, so that no TIME_WAIT remains. */
void stage_reset(int fd);

/* Can a server without SO_REUSEADDR bind the port on all addresses? */
bool stage_port_is_free(int family, unsigned port);

/* Returns the final result of a call that returned `result` or `error`: 0 or an errno. */
int stage_outcome(int fd, long result, int error);

/* Discards the messages that the log daemon has received. */
void stage_drain_log(void);

/* Makes the lowest free descriptor standard error: a file, or a pipe without a reader. */
int stage_stderr(bool broken);

/* The number of open descriptors, up to a bound far above the test's needs. */
int stage_descriptors(void);

/* The size of the address space in pages. */
long stage_memory(void);

#endif
