/* SPDX-License-Identifier: MIT */
/* The caller's settings that tearing down a connection destroys: read before, set again after. */
#ifndef NSC_SALVAGE_H
#define NSC_SALVAGE_H

#include <netinet/tcp.h>
#include <stdbool.h>

enum { NSC_SALVAGE_OPTIONS = 5 };

struct nsc_salvage {
	int value[NSC_SALVAGE_OPTIONS]; /* -1: was not set, or cannot be known */
	bool plain;                     /* timestamps were agreed on: no TCP_MD5SIG, no TCP_AO */
};

/*
 * Reads, from the self-connected socket `fd` of that family, what tcp_disconnect() resets:
 * SO_PEEK_OFF, TCP_MAXSEG, TCP_WINDOW_CLAMP, TCP_RTO_MIN_US, TCP_DELACK_MAX_US (Linux 6.18; older
 * kernels reset fewer of them). The connection itself has overwritten TCP_MAXSEG and
 * TCP_WINDOW_CLAMP; what the caller had set is worked out from what came of it, as its TCP_INFO,
 * `info`, tells. A clamp above half the receive buffer leaves no trace and is not salvaged: the
 * kernel lowers it when it establishes any connection.
 */
void nsc_salvage_read(int fd, int family, const struct tcp_info *info, struct nsc_salvage *salvage);

/* Sets on `fd`, torn down or fresh, what was read. Returns 0, or the first -errno of a value not
 * taken. */
int nsc_salvage_restore(int fd, const struct nsc_salvage *salvage);

#endif
