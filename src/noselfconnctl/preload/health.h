/* SPDX-License-Identifier: MIT */
/* Is what is in force sound? The one judgement of enable and status. */
#ifndef NSC_HEALTH_H
#define NSC_HEALTH_H

#include "preload/partial.h"
#include "preload/problems.h"
#include "preload/trial.h"

struct health {
	struct problems problems; /* none: it is sound */
	struct partial without;   /* the ABIs without the library, if that was accepted */
	const char *loaded;       /* the library that a program loads which starts now, or NULL */
	bool tried;               /* could such a program be run at all? */
	int untried;              /* 0, or -errno if that is why none was run */
};

/*
 * Judges `file`, which is the root's: the file, its entries, and programs that start with it.
 * `library` is that of --library, or NULL. Needs no privileges, but sees less without.
 */
void health_check(const struct preload_file *file, const char *library,
		  const struct partial *accepted, struct health *health);

/*
 * Reads and judges the file of the root. *entry becomes ours, or NULL. Reports what cannot be read,
 * and returns false then.
 */
bool health_read(const char *library, const char **entry, struct health *health);

/*
 * Adds that the program did not pass its trial run. `entry` is ours, or NULL if there is none;
 * `in_force` says whether programs start with it already.
 */
void health_add_failure(const struct trial_program *program, const char *fault, const char *entry,
			bool in_force, struct problems *problems);

#endif
