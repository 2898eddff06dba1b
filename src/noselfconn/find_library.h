/* SPDX-License-Identifier: MIT */
/* Finds the library of noselfconn(1). */
#ifndef NSC_FIND_LIBRARY_H
#define NSC_FIND_LIBRARY_H

#include <limits.h>
#include <stdbool.h>

#include "elf_abi.h"

#define FIND_LIBRARY_NAME "libnoselfconn.so"

struct library {
	char path[PATH_MAX];
	struct elf_abi abi;
};

/*
 * Finds the library: in .libs beside the running program, as in a build tree; else where it was
 * installed along with the program, also if both have been moved; else in $(libdir). If LD_PRELOAD
 * cannot hold the path, it takes the path by which the program was called, if that will do. Returns
 * 0; -ENOENT with the last path that it tried in `library`; or -errno if the file cannot be read.
 */
int find_library(struct library *library);

/* Returns true if LD_PRELOAD can hold the library's path. */
bool find_library_has_usable_path(const struct library *library);

#endif
