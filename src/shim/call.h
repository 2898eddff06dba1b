/* SPDX-License-Identifier: MIT */
/* A call that connects, with the caller's own arguments. */
#ifndef NSC_CALL_H
#define NSC_CALL_H

#include <stddef.h>
#include <sys/socket.h>

/* A call with more arguments embeds this as the first member of its own struct. */
struct nsc_call {
	/* Makes the call. Returns its result, or -1 and errno. */
	long (*make)(const struct nsc_call *call);
	/* The destination, in the caller's memory, and its length in bytes. May be asked once
	 * `message` is known to be readable: after the call the kernel has read it. */
	const struct sockaddr *(*destination)(const struct nsc_call *call, socklen_t *length);
	/* The struct in the caller's memory that names the destination, and its size; or NULL and
	 * 0. */
	const void *message;
	size_t message_size;
	int fd;
};

#endif
