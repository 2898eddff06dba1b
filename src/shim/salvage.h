/* SPDX-License-Identifier: MIT */
/* Saves the caller's settings that tearing down a connection destroys, and restores them. */
#ifndef NSC_SALVAGE_H
#define NSC_SALVAGE_H

#include <netinet/tcp.h>
#include <stdbool.h>

enum { NSC_SALVAGE_OPTIONS = 5 };

struct nsc_salvage {
	int value[NSC_SALVAGE_OPTIONS]; /* -1: was not set, or is unknown */
	bool plain; /* the connection has timestamps, so neither TCP_MD5SIG nor TCP_AO signs it */
};

/*
 * Reads what tcp_disconnect() resets on the self-connected socket `fd`, whose address family is
 * `family`: SO_PEEK_OFF, TCP_MAXSEG, TCP_WINDOW_CLAMP, TCP_RTO_MIN_US and TCP_DELACK_MAX_US in
 * Linux 6.18, fewer in older kernels. The connection has overwritten TCP_MAXSEG and
 * TCP_WINDOW_CLAMP. What the caller had set follows from `info`, the TCP_INFO of the connection. A
 * clamp above half the receive buffer is lost: the kernel lowers it when it establishes any
 * connection.
 */
void nsc_salvage_read(int fd, int family, const struct tcp_info *info, struct nsc_salvage *salvage);

/* Sets what was read on `fd`, a torn-down or fresh socket. Returns 0, or the -errno of the first
 * value that the kernel refused. */
int nsc_salvage_restore(int fd, const struct nsc_salvage *salvage);

#endif
