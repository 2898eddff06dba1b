/* SPDX-License-Identifier: MIT */
/* What could be put into /etc/ld.so.preload: a bare name, a path, a path with $LIB in it. */
#ifndef NSC_ENTRIES_H
#define NSC_ENTRIES_H

#include <stdbool.h>
#include <stddef.h>

#include "elf_abi.h"

enum { CANDIDATES_MOST = 3 };

struct candidates {
	const char *entries[CANDIDATES_MOST]; /* the best first */
	size_t count;
	struct elf_abi abi; /* the one that is served by each of them */
};

/*
 * `library` as --library has it, or NULL. A bare name serves each ABI that has the library in one
 * of ld.so's own directories; but setuid programs take it only from those, and only where the file
 * has a setuid bit itself (open_path() in glibc): so the trial run often has the path instead, and
 * where there are several ABIs, the one with $LIB. Where no trial can be run (`tried` is false), it
 * is the path alone. Returns false, and says why, where there is no sound library.
 */
bool candidates_find(const char *library, bool tried, struct candidates *candidates);

#endif
