/* SPDX-License-Identifier: MIT */
/* Finds out before a program runs whether LD_PRELOAD reaches it (ld.so(8)). */
#ifndef NSC_INSPECT_H
#define NSC_INSPECT_H

#include <limits.h>

#include "elf_abi.h"

enum obstacle {
	OBSTACLE_NONE,
	OBSTACLE_STATIC,     /* it has no ld.so */
	OBSTACLE_ABI,        /* ld.so does not load the library into it */
	OBSTACLE_UNREADABLE, /* it may be executed but not read, so nobody can tell */
	OBSTACLE_SETUID,     /* with this one and those below, ld.so ignores LD_PRELOAD */
	OBSTACLE_SETGID,     /* because of AT_SECURE (getauxval(3)) */
	OBSTACLE_CAPABILITIES,
	OBSTACLE_RAISED /* the caller itself runs with raised privileges */
};

struct inspection {
	enum obstacle obstacle;
	char program[PATH_MAX]; /* the program, or the interpreter if the program is a script */
	char loader[PATH_MAX];  /* its ld.so; "" if there is none */
	struct elf_abi abi;     /* the program's; set with OBSTACLE_NONE and OBSTACLE_ABI */
};

/*
 * Looks at the program at `path` as execve(2) would. It follows #! lines as far as the kernel does,
 * and "#!/usr/bin/env NAME". `library` is the library's ABI. A file that cannot be executed or
 * understood has no obstacle: execve(2) reports the error.
 */
void inspect(const char *path, struct elf_abi library, struct inspection *inspection);

/*
 * Returns true if `loader` is the ld.so of this process. Another one, such as musl's, may look for
 * libraries elsewhere.
 */
bool inspect_is_own_loader(const char *loader);

#endif
