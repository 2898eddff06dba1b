/* SPDX-License-Identifier: MIT */
/* Undoing one self-connection: tear down, hold, replace or rewind. */
#ifndef NSC_REPAIR_H
#define NSC_REPAIR_H

#include <stdbool.h>

#include "address.h"

/* Keeps a port from being chosen again: a socket bound to it, or -1. */
struct nsc_hold {
	int fd;
	bool blind; /* it may be in another network namespace than the socket that it is for */
};

enum nsc_repair {
	NSC_REPAIR_LEFT, /* it could not be torn down, or is no longer what was judged: left as it
			    is */
	NSC_REPAIR_OWN, /* the caller had bound the port itself: torn down, to be connected again as
			   it was */
	NSC_REPAIR_REPLACED, /* a fresh socket is on the descriptor, unconnected */
	NSC_REPAIR_REWOUND   /* the same socket is on the descriptor, unconnected */
};

/*
 * Undoes the self-connection of the socket `fd`, whose both ends are `local`: the port is free
 * afterwards, without TIME_WAIT, and nothing is pending in SO_ERROR. `hold` takes the port so that
 * the retry cannot be given it again; it is released by nsc_hold_release() when the retry is over.
 * A server that sets SO_REUSEADDR can bind the port beside it. Signals are held off meanwhile, and
 * with them cancellation.
 */
enum nsc_repair nsc_repair(int fd, const union nsc_address *local, struct nsc_hold *hold);

/* Takes a struct nsc_hold; the type is that of a cancellation cleanup handler
 * (pthread_cleanup_push(3)). */
void nsc_hold_release(void *hold);

#endif
