/* SPDX-License-Identifier: MIT */
/* Which processes have a socket open, by /proc/PID/fd. */
#ifndef NSC_SOCKET_OWNERS_H
#define NSC_SOCKET_OWNERS_H

#include <stddef.h>

struct owner {
	unsigned long inode; /* of the socket */
	long pid;
	unsigned fd;
	char program[64]; /* as ps(1) shows it */
};

/*
 * All owners of all sockets, the pids in the order of /proc, in *owners, from malloc; returns how
 * many. Other users' processes show theirs to root only, and those of other pid namespaces are not
 * seen: a socket may have owners that are not found.
 */
size_t owners_find(struct owner **owners);

/* "nginx (pid 7, fd 3), nginx (pid 8, fd 3)", at most a few; "-" for none that was found. */
const char *owners_names(const struct owner *owners, size_t count, unsigned long inode);

/* A JSON list "owners" of objects with pid, program, fd. */
void owners_json(const struct owner *owners, size_t count, unsigned long inode);

#endif
