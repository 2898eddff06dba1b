/* SPDX-License-Identifier: MIT */
/* What the scenes are played on: a network and a /dev of the test's own, sockets, servers. No call
 * here goes through the shim. */
#ifndef NSC_FAULTS_STAGE_H
#define NSC_FAULTS_STAGE_H

#include <stdbool.h>
#include <sys/socket.h>

#include "self_connected.h"

enum { STAGE_PORT = 40000, STAGE_OTHER_PORT = 40001, STAGE_CLOSED_PORT = 30001 };

/* 127.0.0.1 or ::1. */
struct stage_address {
	struct sockaddr_storage address;
	socklen_t length;
};

/* Where the log file is, and the socket of a log daemon: in a /dev that only this process has. */
#define STAGE_LOG "/dev/noselfconn.log"

/* Makes it all; false where the machine does not allow it. */
bool stage_make(void);

/* Ends the program, saying what, where the world is not as a test needs it. */
void stage_need(bool fine, const char *what);

struct stage_address stage_address(int family, unsigned port);

/* connect(2) by its number. */
int stage_connect(int fd, struct stage_address to);

/* A TCP socket, with an address and options of the caller's, or bound to the very port. */
int stage_socket(int family, bool nonblocking);
void stage_dress(int fd, int family);
void stage_bind_own(int fd, int family);

/* The options that stage_dress() sets and those that tearing down destroys, as one block to
 * compare. */
enum { STAGE_OPTIONS = 20 };
void stage_options(int fd, int value[STAGE_OPTIONS]);

/* A listening socket with SO_REUSEADDR, as servers have it; -1 where the port cannot be had. */
int stage_listen(int family, unsigned port);

/* A connection from 40000 to a server on another port, and its end. */
void stage_share_port(int family);
void stage_unshare_port(void);

/* Ends a connection without TIME_WAIT, and closes the socket. */
void stage_reset(int fd);

/* Can a server without SO_REUSEADDR have the port, on all addresses? */
bool stage_port_is_free(int family, unsigned port);

/* What a call that returned `result` or `error` comes to: 0, or an error. */
int stage_outcome(int fd, long result, int error);

/* Takes what the log daemon was sent. */
void stage_drain_log(void);

/* The lowest free descriptor, as standard error: a file, or a pipe whose reader has gone. */
int stage_stderr(bool broken);

/* Open descriptors up to a bound that the test stays far below. */
int stage_descriptors(void);

/* Pages of address space. */
long stage_memory(void);

#endif
