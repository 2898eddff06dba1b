/* SPDX-License-Identifier: MIT */
/* Equal network namespaces in which the kernel's choice of a port is fixed. */
#ifndef NSC_FUZZ_PLACE_H
#define NSC_FUZZ_PLACE_H

#include <stdbool.h>

struct fuzz_place {
	int namespace; /* descriptors, or -1 */
	int udp;
};

enum {
	FUZZ_HARNESS = 200
}; /* the harness's own descriptors start here, out of the programs' way */

/* Moves a descriptor out of the programs' way and returns the new one. */
int fuzz_put_away(int fd);

/* Makes new namespaces and enters them. Ends the process if that is not permitted. */
void fuzz_place_make(struct fuzz_place *place);

/* Moves the thread there. */
void fuzz_place_enter(const struct fuzz_place *place);

/*
 * Returns a bit for each TCP port that cannot be bound in the thread's namespace. After a program
 * the cause is a TIME_WAIT or a connection that is still closing. Without `all`, only the range's
 * ports.
 */
unsigned fuzz_place_taken(bool all);

#endif
