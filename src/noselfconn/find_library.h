/* SPDX-License-Identifier: MIT */
/* Finds the library of noselfconn(1), and the word for it in LD_PRELOAD (ld.so(8)). */
#ifndef NSC_FIND_LIBRARY_H
#define NSC_FIND_LIBRARY_H

#include <limits.h>
#include <stdbool.h>

#include "elf_abi.h"

enum library_word {
	LIBRARY_KEPT, /* LD_PRELOAD has one already, and it is loaded into this very process */
	LIBRARY_NAME, /* the bare name: ld.so finds the library, and those for other ABIs */
	LIBRARY_PATH, /* the path */
	LIBRARY_NONE  /* none: the library cannot be loaded, and the reason has been reported */
};

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

/*
 * Tries in a child process whether ld.so loads the library, and by which word. It leaves no SIGCHLD
 * behind. LD_PRELOAD has no quotes: it cannot hold a path with white space, a colon or a dollar
 * sign, and such a library is refused unless ld.so finds it by its name.
 */
enum library_word find_library_word(const struct library *library);

/* Returns true if LD_PRELOAD can hold the library's path. */
bool find_library_has_usable_path(const struct library *library);

/* Puts the word in front of LD_PRELOAD, unless it is there. Returns 0 or -errno. */
int find_library_preload(const struct library *library, enum library_word word);

#endif
