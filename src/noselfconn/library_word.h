/* SPDX-License-Identifier: MIT */
/* Finds the word for the library in LD_PRELOAD (ld.so(8)), and puts it there. */
#ifndef NSC_LIBRARY_WORD_H
#define NSC_LIBRARY_WORD_H

#include "find_library.h"

enum library_word {
	LIBRARY_KEPT, /* LD_PRELOAD has one already, and it is loaded into this very process */
	LIBRARY_NAME, /* the bare name: ld.so finds the library, and those for other ABIs */
	LIBRARY_PATH, /* the path */
	LIBRARY_NONE  /* none: the library cannot be loaded, and the reason has been reported */
};

/*
 * Loads the library into this process, to find out whether ld.so can, and by which word. A child
 * process would do too, but the command would inherit its traces: a pending SIGCHLD, and page
 * faults of children, which tell the shim on musl that others may share its sockets. If the
 * library kills the process, it reports so and ends with EXEC_OWN_ERROR.
 *
 * LD_PRELOAD has no quotes: it cannot hold a path with white space, a colon or a dollar sign. Such
 * a library is refused unless ld.so finds it by its name.
 */
enum library_word library_word_find(const struct library *library);

/* Puts the word in front of LD_PRELOAD, unless it is there. Returns 0 or -errno. */
int library_word_preload(const struct library *library, enum library_word word);

#endif
