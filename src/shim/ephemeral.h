/* SPDX-License-Identifier: MIT */
/* Is this a port that the kernel may choose as a source port? */
#ifndef NSC_EPHEMERAL_H
#define NSC_EPHEMERAL_H

#include <stdbool.h>

/*
 * `port` in host byte order. True where it lies within net.ipv4.ip_local_port_range of the thread's
 * network namespace, which serves IPv6 too (ip(7)); a socket's own IP_LOCAL_PORT_RANGE only narrows
 * that (Linux 6.3, inet_sk_get_local_port_range()). Read from /proc at most once in a second of
 * CLOCK_MONOTONIC, so what is known is at most a second old. Where it cannot be read, every port
 * may be chosen.
 */
bool nsc_ephemeral(unsigned port);

#endif
