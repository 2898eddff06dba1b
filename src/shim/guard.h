/* SPDX-License-Identifier: MIT */
/* One guarded call: made, judged, repaired, made again, at most NOSELFCONN_RETRIES times. */
#ifndef NSC_GUARD_H
#define NSC_GUARD_H

#include <sys/socket.h>

/* A call that connects. Whoever needs more arguments embeds it as the first member of their own struct. */
struct nsc_call {
	long (*make)(const struct nsc_call *call); /* makes the call: returns a result, or -1 and errno */
	int fd;
	const struct sockaddr *destination; /* in the caller's memory; read only after the kernel has read it */
	socklen_t length;                   /* of `destination`, in bytes */
};

/*
 * Makes the call and returns what it returns, errno included: after a success errno is what it was before. Where
 * the socket turns out to be connected to itself, by a port that the kernel chose, that is undone and the
 * call made again; likewise when the kernel found no port (EADDRNOTAVAIL). When the retries are used up
 * the caller gets what the kernel gave (NOSELFCONN_GIVE_UP=relent), or -1 and ECONNREFUSED (refuse).
 */
long nsc_guard(const struct nsc_call *call);

#endif
