/* SPDX-License-Identifier: MIT */
/* Which libnoselfconn.so noselfconn(1) puts in front of a program, and how LD_PRELOAD can name it
 * (ld.so(8)). */
#ifndef NSC_FIND_LIBRARY_H
#define NSC_FIND_LIBRARY_H

#include <limits.h>
#include <stdbool.h>

#include "elf_abi.h"

enum nsc_naming {
	NSC_NAMING_KEPT, /* LD_PRELOAD has it already: it is loaded into this very process */
	NSC_NAMING_NAME, /* by its name alone: ld.so finds it, and those of other ABIs beside it */
	NSC_NAMING_PATH, /* by its path */
	NSC_NAMING_DESCRIPTOR, /* by /proc/self/fd/N, since LD_PRELOAD cannot hold the path */
	NSC_NAMING_NONE        /* it cannot be loaded; why has been said on standard error */
};

struct nsc_library {
	char path[PATH_MAX];
	struct elf_abi abi;
};

/*
 * Finds the library: in .libs beside the running program, as in a build tree; else where it was
 * installed along with the program, wherever both have been moved to; else in $(libdir). Returns 0,
 * -ENOENT with the last path looked at in `library`, or the -errno of reading the file.
 */
int nsc_library_find(struct nsc_library *library);

/*
 * Tries, in a process of its own, whether ld.so loads the library, and by which name. LD_PRELOAD is
 * split at spaces and colons, without a way to quote them; a path with one goes by descriptor.
 */
enum nsc_naming nsc_library_try(const struct nsc_library *library);

/*
 * Puts the library in front of what LD_PRELOAD has. NSC_NAMING_DESCRIPTOR leaves a descriptor open
 * for the program that is executed, and for all that inherit it. Returns 0 or -errno.
 */
int nsc_library_preload(const struct nsc_library *library, enum nsc_naming naming);

#endif
