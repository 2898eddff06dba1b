/* SPDX-License-Identifier: MIT */
/* Finds the programs that trial runs start. */
#ifndef NSC_TRIAL_PROGRAMS_H
#define NSC_TRIAL_PROGRAMS_H

#include "preload/trial.h"

struct trial_programs {
	struct trial_program list[TRIAL_MOST];
	size_t count;
	int unisolated; /* 0, or -errno if there can be no mount namespace */
};

/*
 * Lists plain programs, setuid ones, and ld.so of each ABI; some run as root, some as another user.
 * All are dynamic, and do nothing when they are run like this.
 */
void trial_programs_list(struct trial_programs *programs);

/*
 * Lists only those that pass with an empty ld.so.preload, or with what is in force if there can be
 * no mount namespace. A program that fails anyway cannot judge a library.
 */
void trial_programs_find(struct trial_programs *programs);

#endif
