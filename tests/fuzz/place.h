/* SPDX-License-Identifier: MIT */
/* Network namespaces, all made alike, in which the kernel has no choice. */
#ifndef NSC_FUZZ_PLACE_H
#define NSC_FUZZ_PLACE_H

#include <stdbool.h>

struct fuzz_place {
	int namespace; /* descriptors, or -1 */
	int udp;
};

enum {
	FUZZ_HARNESS = 200
}; /* the harness's own descriptors are this and above: out of the programs' way */

/* Moves a descriptor there; returns the new one. */
int fuzz_put_away(int fd);

/* Makes it anew, and goes there. Ends the process where it may not. */
void fuzz_place_make(struct fuzz_place *place);

/* Takes the thread there. */
void fuzz_place_enter(const struct fuzz_place *place);

/*
 * Bits of the TCP ports that cannot be bound where the thread is: after a program, because of a
 * TIME_WAIT or a connection that is closed but not yet over. Without `all` only those of the range.
 */
unsigned fuzz_place_taken(bool all);

#endif
