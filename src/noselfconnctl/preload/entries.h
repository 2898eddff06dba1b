/* SPDX-License-Identifier: MIT */
/* The forms in which /etc/ld.so.preload can name the library. */
#ifndef NSC_ENTRIES_H
#define NSC_ENTRIES_H

#include <stdbool.h>
#include <stddef.h>

#include "elf_abi.h"

enum { ENTRIES_MOST = 3 };

struct entries {
	const char *list[ENTRIES_MOST]; /* the best one first */
	size_t count;
	const char *path;   /* the one to explain a failure with */
	struct elf_abi abi; /* each of them serves this ABI */
};

/*
 * Lists a bare name, the path, and the path with $LIB in it. `library` is that of --library, or
 * NULL. A bare name serves every ABI that has the library in one of ld.so's default directories.
 * But setuid programs accept it only if the file has a setuid bit (open_path() in glibc), so the
 * trial run often chooses the path; with several ABIs, the one with $LIB. If no trial run is
 * possible (`tried` is false), the path is the only one. Returns false after an error message if
 * there is no sound library.
 */
bool entries_find(const char *library, bool tried, struct entries *entries);

#endif
