/* SPDX-License-Identifier: MIT */
/* The TCP sockets of this network namespace, as sock_diag(7) lists them (Linux 3.3 and later). */
#ifndef NSC_TCP_SOCKETS_H
#define NSC_TCP_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>

/* Those of the kernel's include/net/tcp_states.h that the tool asks for by name. */
enum { TCP_SOCKET_TIME_WAIT = 6, TCP_SOCKET_LISTEN = 10 };

struct tcp_socket {
	int family;                        /* AF_INET or AF_INET6 */
	unsigned char local[16], peer[16]; /* in network byte order; AF_INET has the first 4 */
	unsigned local_port, peer_port, state;
	unsigned long inode;        /* 0 if no process has it, as in TIME_WAIT */
	unsigned long seconds_left; /* of TIME_WAIT, rounded up; else 0 */
	long age; /* seconds since it last sent data or was last acknowledged; -1 if unknown */
};

/*
 * Puts the sockets that `wanted` accepts into *sockets, from malloc, and their number into *count.
 * Returns 0 or -errno.
 */
int tcp_sockets_read(bool (*wanted)(const struct tcp_socket *socket), struct tcp_socket **sockets,
		     size_t *count);

/* Is it connected to itself, or the TIME_WAIT of such a connection? */
bool tcp_socket_is_itself(const struct tcp_socket *socket);

/* The local address and port: "127.0.0.1:80", "[::1]:80". */
const char *tcp_socket_name(const struct tcp_socket *socket);

/* The local address without the port and the brackets. */
const char *tcp_socket_address(const struct tcp_socket *socket);

#endif
