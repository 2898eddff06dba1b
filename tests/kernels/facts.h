/* SPDX-License-Identifier: MIT */
/* What the facts share: output, a private network for each fact, and plain connects. */
#ifndef NSC_KERNELS_FACTS_H
#define NSC_KERNELS_FACTS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

enum {
	PORT = 40000
}; /* has no server; with the range 40000 to 40001 each connect() to it is a self-connection */

/* Prints a row of the table: NAME, a tab, and the formatted value. */
void fact(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Returns `result`. If it is negative, prints what failed and exits. */
int must(int result, const char *what);

/* Moves the process into a new network namespace with lo up and this ip_local_port_range. */
void new_net(unsigned low, unsigned high);

void write_file(const char *path, const char *text);

struct sockaddr_in loopback(unsigned port);

/* Connects by system call, past any interposed function. Returns 0 or errno. */
int connect_to(int fd, unsigned port);
int tear_down(int fd);
int bind_to(int fd, unsigned port);

unsigned local_port(int fd);
bool is_itself(int fd);

/* Is PORT in /proc/net/tcp? After all sockets are closed or torn down, an entry is a TIME_WAIT. */
bool port_is_traced(void);

/* Returns a TCP socket that is connected to itself, in a range of two ports. */
int itself(void);

/* Each prints one half of the table. */
void facts_of_ports(void);
void facts_of_sockets(void);

#endif
