/* SPDX-License-Identifier: MIT */
/* What the tests need of the real kernel: a network of their own, self-connections. */
#ifndef NSC_TESTS_WORLD_H
#define NSC_TESTS_WORLD_H

#include <stdbool.h>

#include "address.h"
#include "descriptors.h"

/*
 * Moves the process into a new network namespace with loopback up and this ip_local_port_range.
 * Where that is not allowed, the test `function` is skipped: it returns when it is given false.
 */
bool world_network(const char *function, unsigned low, unsigned high);

/* An address: "127.0.0.1", "::1", "fe80::1". */
union nsc_address world_address(const char *text, unsigned port);

/*
 * A blocking socket connected to itself on this address and 40000, where the range is 40000 to
 * 40001. `prepare` (or NULL) is given the socket before.
 */
int world_self_connected(const char *text, void (*prepare)(int fd));

/* The address of one end, by getsockname(2) or getpeername(2); family AF_UNSPEC where there is
 * none. */
union nsc_address world_local(int fd);
union nsc_address world_peer(int fd);

/* The kernel's own mask of blocked signals: a bit for each, from signal 1 on. */
unsigned long long world_signal_mask(void);

#endif
