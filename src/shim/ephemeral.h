/* SPDX-License-Identifier: MIT */
/* Tells whether the kernel may choose a port as a source port. */
#ifndef NSC_EPHEMERAL_H
#define NSC_EPHEMERAL_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Whether `port`, in host byte order, is within net.ipv4.ip_local_port_range of the thread's
 * network namespace. That range applies to IPv6 too (ip(7)). A socket's own IP_LOCAL_PORT_RANGE
 * (Linux 6.3) can only narrow it (inet_sk_get_local_port_range()).
 *
 * Reads the range from procfs at most once per second of CLOCK_MONOTONIC, so a change takes effect
 * within a second. If the range cannot be read, returns true for every port. Keeps errno.
 */
bool nsc_ephemeral(unsigned port);

/* The ends of that range, as nsc_ephemeral() last read them; call it after that. */
void nsc_ephemeral_range(uint32_t *low, uint32_t *high);

#endif
