/* SPDX-License-Identifier: MIT */
/* Keeps the retry of a call off the port on which the socket was connected to itself. */
#ifndef NSC_HOLD_H
#define NSC_HOLD_H

#include <stdbool.h>

#include "address.h"

/* A socket bound to the port, so that no connect() is given it. Begin with {.fd = -1}. */
struct nsc_hold {
	int fd;     /* the holder, or -1 */
	bool blind; /* the holder may be in another network namespace than the socket */
};

/*
 * Binds a holder to `local`, the address and port that the socket `fd` has just given back, and to
 * the device of `fd` (SO_BINDTODEVICE, socket(7)). Returns false, with nothing held, if one of them
 * fails or the holder would be in another network namespace. A server that sets SO_REUSEADDR can
 * bind the port beside the holder.
 */
bool nsc_hold_take(int fd, const union nsc_address *local, struct nsc_hold *hold);

/*
 * For a port that cannot be held: binds the socket `fd` to another port of the kernel's choice.
 * Returns false, and changes nothing, if the socket still has its port after the teardown: then the
 * caller had bound it. Returns true otherwise, also if no other port could be bound.
 */
bool nsc_hold_evade(int fd);

/* Lets go of the port. Takes a struct nsc_hold, as a void pointer for nsc_cleanup_push(). */
void nsc_hold_release(void *hold);

#endif
