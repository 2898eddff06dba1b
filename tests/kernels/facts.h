/* SPDX-License-Identifier: MIT */
/* What the facts share: a line of output, a network of its own for each, plain connects. */
#ifndef NSC_KERNELS_FACTS_H
#define NSC_KERNELS_FACTS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

enum {
	PORT = 40000
}; /* nobody listens on it; in a range of 40000 to 40001 each connect() to it hits itself */

/* Prints a row of the table: NAME, a tab, and what the format says. */
void fact(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Ends the program where `result` is below 0, saying what failed; returns it otherwise. */
int must(int result, const char *what);

/* Moves the process into a network namespace of its own, with this ip_local_port_range and lo up.
 */
void new_net(unsigned low, unsigned high);

void write_file(const char *path, const char *text);

struct sockaddr_in loopback(unsigned port);

/* By system call, as all is here: 0 or errno. */
int connect_to(int fd, unsigned port);
int tear_down(int fd);
int bind_to(int fd, unsigned port);

unsigned local_port(int fd);
bool is_itself(int fd);

/* Whether /proc/net/tcp has something on PORT: a TIME_WAIT, where all sockets are closed or torn
 * down. */
bool port_is_traced(void);

/* A TCP socket that is connected to itself: in a range of two ports. */
int itself(void);

/* The two halves of the table. */
void facts_of_ports(void);
void facts_of_sockets(void);

#endif
