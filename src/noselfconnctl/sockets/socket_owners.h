/* SPDX-License-Identifier: MIT */
/* The processes that have a socket open, by /proc/PID/fd. */
#ifndef NSC_SOCKET_OWNERS_H
#define NSC_SOCKET_OWNERS_H

#include <stdbool.h>
#include <stddef.h>

struct socket_owner {
	unsigned long inode; /* the socket's */
	long pid;
	unsigned fd;
	char program[64]; /* the process's name for itself, which may be anything */
};

/*
 * Puts the owners of all sockets into *owners, from malloc, and returns their number. Only root
 * sees the processes of other users, and nobody sees those of another pid namespace.
 */
size_t socket_owners_find(struct socket_owner **owners);

/* Those of one socket, for a line: "nginx (pid 8, fd 6), and 2 more", or "-" if none is known. */
const char *socket_owners_names(const struct socket_owner *owners, size_t count,
				unsigned long inode);

/*
 * Those of one socket, as the JSON list "owners", with `advise` also the kind of the program and
 * the shields that would have prevented a self-connection.
 */
void socket_owners_json(const struct socket_owner *owners, size_t count, unsigned long inode,
			bool advise);

/*
 * Prints which shield would have prevented that the socket is connected to itself: a line for each
 * kind of program that has it.
 */
void socket_owners_advise(const struct socket_owner *owners, size_t count, unsigned long inode);

/*
 * Seconds since the oldest process started that has the socket. The socket is at most that old,
 * unless the process inherited it. Returns -1 if /proc does not tell.
 */
long socket_owners_age(const struct socket_owner *owners, size_t count, unsigned long inode);

#endif
