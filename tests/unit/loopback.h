/* SPDX-License-Identifier: MIT */
/* What the unit tests need of the real kernel: a network of their own with self-connections. */
#ifndef NSC_TESTS_LOOPBACK_H
#define NSC_TESTS_LOOPBACK_H

#include "address.h"
#include "descriptors.h"

/*
 * Moves the process into a new network namespace with loopback up and this ip_local_port_range.
 * Without permission for that, the test is skipped.
 */
void loopback_network(unsigned low, unsigned high);

/* An address: "127.0.0.1", "::1", "fe80::1". */
union nsc_address loopback_address(const char *text, unsigned port);

/*
 * Returns a blocking socket that is connected to itself on this address and port 40000; the range
 * is 40000 to 40001. Gives the socket to `prepare` first, unless that is NULL.
 */
int loopback_self_connected(const char *text, void (*prepare)(int fd));

/* The address of one end, by getsockname(2) or getpeername(2). Its family is AF_UNSPEC if there is
 * none. */
union nsc_address loopback_local(int fd);
union nsc_address loopback_peer(int fd);

/* The kernel's own mask of blocked signals: a bit for each, from signal 1 on. */
unsigned long long kernel_signal_mask(void);

#endif
