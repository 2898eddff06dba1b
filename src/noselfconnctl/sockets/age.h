/* SPDX-License-Identifier: MIT */
/* How old is a connection? The kernel does not keep that; this is what can be had. */
#ifndef NSC_AGE_H
#define NSC_AGE_H

#include "sockets/tcp_sockets.h"

enum { AGE_UNKNOWN = -1 };

/*
 * The time since a connection last sent data or was last acknowledged, by sock_diag(7), in seconds:
 * both clocks start when it connects, so it is at least so old. AGE_UNKNOWN where the kernel does
 * not tell.
 */
long age_at_least(const struct procnet_socket *connection);

/*
 * The time since a process started, in seconds: what it has opened itself is at most so old (not
 * what it has inherited). AGE_UNKNOWN where /proc does not tell.
 */
long age_of_process(long pid);

#endif
