/* SPDX-License-Identifier: MIT */
/*
 * Keeps the kernel from choosing a port. The reference uses it to get a connect() without
 * self-connections.
 */
#ifndef NSC_FUZZ_HOLD_H
#define NSC_FUZZ_HOLD_H

#include <stdbool.h>

#include "view.h"

struct fuzz_hold {
	int fd;       /* or -1 */
	bool by_bind; /* no other socket uses the port */
};

struct fuzz_hold fuzz_hold(const struct fuzz_name *local);
void fuzz_release(struct fuzz_hold *hold);

/* Would bind() to port 0 choose another port, both for that address and for the wildcard? */
bool fuzz_has_other_port(const struct fuzz_name *local);

/* Makes a self-connected socket give its port back, with no error pending. */
void fuzz_unbind(int fd);

#endif
