/* SPDX-License-Identifier: MIT */
/* Tries one entry for /etc/ld.so.preload before it is written. */
#ifndef NSC_RATING_H
#define NSC_RATING_H

#include "preload/partial.h"
#include "preload/preload_file.h"
#include "preload/problems.h"
#include "preload/trial_programs.h"

struct rating {
	const char *entry;
	struct problems failures; /* none: every program starts */
	struct partial without;   /* but programs of these ABIs do not load it */
};

/*
 * Starts the programs with the contents `wanted`, in which `entry` is ours. The library is for
 * `abi`, so that a failure of another ABI's ld.so is not the library's.
 */
void rating_make(const struct preload_file *wanted, const char *entry, struct elf_abi abi,
		 const struct trial_programs *programs, struct rating *rating);

#endif
