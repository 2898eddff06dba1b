/* SPDX-License-Identifier: MIT */
/* Is this socket connected to itself? Only looks, changes nothing. */
#ifndef NSC_DETECT_H
#define NSC_DETECT_H

#include <stdbool.h>

#include "address.h"

/*
 * Whether a call to `destination` on the socket `fd` that returned `result` (0 or more, or -errno
 * of a connection in progress) has connected the socket to itself: a simultaneous open (RFC 9293
 * 3.5), so local and remote address and port are the same. `local` takes that address.
 *
 * False for a socket that is neither TCP nor MPTCP, for one in TCP_REPAIR mode (a checkpoint being
 * restored), for a connection that an earlier call began, and if the kernel does not say. One
 * system call where the local port is not that of `destination`.
 */
bool nsc_detect(int fd, const union nsc_address *destination, long result,
		union nsc_address *local);

/* Whether the socket `fd`, detected before with both ends at `local`, is still that connection. A
 * signal handler may have put another one on the descriptor. */
bool nsc_detect_still(int fd, const union nsc_address *local);

/*
 * Whether the TCP or MPTCP socket `fd` has no local port. After a connect() that failed with
 * EADDRNOTAVAIL this means that the kernel found no port to choose (connect(2)).
 */
bool nsc_detect_portless(int fd);

#endif
