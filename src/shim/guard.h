/* SPDX-License-Identifier: MIT */
/* One guarded call: made, judged, repaired, made again, at most NOSELFCONN_RETRIES times. */
#ifndef NSC_GUARD_H
#define NSC_GUARD_H

#include <sys/socket.h>

/* A call that connects. Whoever has more arguments embeds it as the first member of their own struct. */
struct nsc_call {
	/* Makes the call: returns a result, or -1 and errno. */
	long (*make)(const struct nsc_call *call);
	/* Where to, in the caller's memory, and its length in bytes. Asked only after the kernel has read it. */
	const struct sockaddr *(*destination)(const struct nsc_call *call, socklen_t *length);
	int fd;
};

/*
 * Makes the call and returns what it returns, errno included: after a success errno is what it was before. Where
 * the socket turns out to be connected to itself, by a port that the kernel chose, that is undone and the
 * call made again; likewise when the kernel found no port (EADDRNOTAVAIL). When the retries are used up
 * the caller gets what the kernel gave (NOSELFCONN_GIVE_UP=relent), or -1 and ECONNREFUSED (refuse).
 */
long nsc_guard(const struct nsc_call *call);

#endif
