/* SPDX-License-Identifier: MIT */
/* Is this socket connected to itself? Looks, and changes nothing. */
#ifndef NSC_DETECT_H
#define NSC_DETECT_H

#include <stdbool.h>

#include "address.h"

/*
 * Whether the TCP or MPTCP socket `fd`, on which connect() to `destination` has just succeeded or
 * is in progress, is its own peer (simultaneous open, RFC 9293 3.5): local and remote port and
 * address are the same. `local` takes that address. False for any other kind of socket, for one in
 * TCP_REPAIR mode (a checkpoint being restored, not a connection being made), and where the kernel
 * does not say.
 */
bool nsc_detect(int fd, const union nsc_address *destination, union nsc_address *local);

/*
 * Whether the TCP or MPTCP socket `fd` has no local port. After a connect() that failed with
 * EADDRNOTAVAIL this means that the kernel was to choose the port.
 */
bool nsc_detect_portless(int fd);

#endif
