/* SPDX-License-Identifier: MIT */
/* Prevents a self-connection: the kernel may not choose the destination's port for this one call.
 */
#ifndef NSC_PREVENT_H
#define NSC_PREVENT_H

#include <stdbool.h>

#include "call.h"
#include "settings.h"

/* Whether calls are made by nsc_prevent(). Other threads may change it, so readers use an atomic
 * load. Hidden where it is declared, too, so that the compiler reads it without the GOT. */
extern __attribute__((visibility("hidden"))) bool nsc_prevents;

/* Prevents from now on, or no longer, as these settings say. */
void nsc_prevent_choose(const struct nsc_settings *settings);

/*
 * Makes the call and returns its result, or -1 and errno. During the call the kernel may choose the
 * source port only from the larger part of the socket's port range on one side of the destination's
 * port (IP_LOCAL_PORT_RANGE of ip(7), Linux 6.3). The option has its old value again when this
 * returns, and when the thread is cancelled in the call or jumps out of it (not on musl, see
 * cleanup.h).
 *
 * The call is made as it stands, and its result needs a judge, where that cannot be done: on an
 * older kernel; for a socket that is neither TCP nor MPTCP, or has a port already; for a range
 * without another port; for a destination outside the range, or in memory that cannot be read. If
 * the narrower range gives EADDRNOTAVAIL, the call is made again as it stands.
 *
 * Another thread or process that shares the socket sees the narrower value during the call. If two
 * threads connect the same socket at the same time, the narrower value may stay.
 */
long nsc_prevent(const struct nsc_call *call);

#endif
