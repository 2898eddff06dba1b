/* SPDX-License-Identifier: MIT */
/* The TCP sockets of this network namespace, as /proc/net/tcp and /proc/net/tcp6 show them
 * (proc(5)). */
#ifndef NSC_TCP_SOCKETS_H
#define NSC_TCP_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>

/* Of the kernel's include/net/tcp_states.h, where no other is asked for by name. */
enum { PROCNET_TIME_WAIT = 6, PROCNET_LISTEN = 10 };

struct procnet_socket {
	int family; /* AF_INET or AF_INET6 */
	unsigned char local[16],
		peer[16]; /* addresses in network byte order, the first 4 bytes for AF_INET */
	unsigned local_port, peer_port, state;
	unsigned long inode; /* 0 for one that no process has, as in TIME_WAIT */
	unsigned long timer; /* what is left of TIME_WAIT, in seconds, rounded up; else 0 */
};

/*
 * Those that `wanted` takes, in *sockets, from malloc. Returns 0, or -errno where neither file can
 * be read. Without tcp6 (no IPv6) the others are all there are.
 */
int procnet_read(bool (*wanted)(const struct procnet_socket *socket),
		 struct procnet_socket **sockets, size_t *count);

/* "127.0.0.1:80", "[::1]:80". */
const char *procnet_local(const struct procnet_socket *socket);

/* The same without the port and the brackets. */
const char *procnet_address(const struct procnet_socket *socket);

#endif
