/* SPDX-License-Identifier: MIT */
/* Undoes one self-connection: tear down, hold, then replace or rewind. */
#ifndef NSC_REPAIR_H
#define NSC_REPAIR_H

#include "address.h"
#include "hold.h"
#include "settings.h"

enum nsc_repair {
	NSC_REPAIR_LEFT, /* untouched: it cannot be torn down, or is no longer what was detected */
	NSC_REPAIR_OWN,  /* torn down; the caller had bound the port, so connect again as before */
	NSC_REPAIR_REPLACED, /* a fresh, unconnected socket is on the descriptor */
	NSC_REPAIR_REWOUND   /* the same socket is on the descriptor, unconnected */
};

/*
 * Undoes the self-connection of the socket `fd`, whose both ends are `local`. Afterwards the port
 * is free, without TIME_WAIT, and SO_ERROR reads 0. `hold` keeps the retry off the port; the caller
 * releases it after the retry (hold.h). `method` is that of the settings in force. Signals are held
 * off meanwhile, and cancellation with them.
 */
enum nsc_repair nsc_repair(int fd, const union nsc_address *local, enum nsc_method method,
			   struct nsc_hold *hold);

#endif
