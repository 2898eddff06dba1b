/* SPDX-License-Identifier: MIT */
/* What the unit tests need of the real kernel: a private network with self-connections. */
#ifndef NSC_TESTS_LOOPBACK_H
#define NSC_TESTS_LOOPBACK_H

#include "address.h"
#include "descriptors.h"

/*
 * Moves the process into a new network namespace with loopback up and this ip_local_port_range.
 * Skips the test if that is not permitted.
 */
void loopback_network(unsigned low, unsigned high);

/* Makes an address from "127.0.0.1", "::1" or "fe80::1" and a port. */
union nsc_address loopback_address(const char *text, unsigned port);

/*
 * Returns a blocking socket that is connected to itself on this address and port 40000, with the
 * range 40000 to 40001. Passes the new socket to `prepare` first, unless that is NULL.
 */
int loopback_self_connected(const char *text, void (*prepare)(int fd));

/*
 * The address of one end, by getsockname(2) or getpeername(2). AF_UNSPEC means that there is none.
 */
union nsc_address loopback_local(int fd);
union nsc_address loopback_peer(int fd);

/* The kernel's mask of blocked signals, one bit each, starting with signal 1. */
unsigned long long kernel_signal_mask(void);

#endif
