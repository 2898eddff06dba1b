/* SPDX-License-Identifier: MIT */
/* The programs of the root that trial runs run. */
#ifndef NSC_TRIAL_PROGRAMS_H
#define NSC_TRIAL_PROGRAMS_H

#include "preload/trial.h"

/*
 * Plain ones, a setuid one, and ld.so for each ABI; as root and as somebody else. Only what does
 * nothing when it is run so, is dynamic, and passes with no ld.so.preload at all (or as things are,
 * where that cannot be staged): a program that fails anyway is no judge. `stageable` tells whether
 * it could be staged: 0, or -errno. Returns how many.
 */
size_t programs_find(struct trial_program programs[TRIAL_MOST], int *stageable);

/* Those only, without trying them. */
size_t programs_list(struct trial_program programs[TRIAL_MOST]);

#endif
