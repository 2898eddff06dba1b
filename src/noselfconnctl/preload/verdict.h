/* SPDX-License-Identifier: MIT */
/* Has a program of a trial run passed? By its exit status, and by what ld.so said. */
#ifndef NSC_VERDICT_H
#define NSC_VERDICT_H

#include "preload/trial.h"

/* The exit status of a program that could not be executed; its output is why. */
enum { VERDICT_NOT_RUN = 126 };

/* Is the program one that ld.so does not run, but only tells what it loads for it? */
bool trial_traces(const struct trial_program *program);

/*
 * Sets the result of a program that is over. `status` as waitpid(2) has it; `out` is a file with
 * its output, errors included.
 */
void verdict(const struct trial *trial, const struct trial_program *program, int status, int out,
	     struct trial_result *result);

#endif
