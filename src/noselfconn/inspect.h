/* SPDX-License-Identifier: MIT */
/* Can the shim work in this program? What LD_PRELOAD does not reach (ld.so(8)) is told before it
 * runs, not after. */
#ifndef NSC_INSPECT_H
#define NSC_INSPECT_H

#include <limits.h>

#include "elf_abi.h"

enum nsc_obstacle {
	NSC_OBSTACLE_NONE,
	NSC_OBSTACLE_STATIC, /* there is no ld.so in it */
	NSC_OBSTACLE_ABI,    /* ld.so does not load the library into it */
	NSC_OBSTACLE_SETUID, /* these four: AT_SECURE (getauxval(3)), so ld.so drops LD_PRELOAD */
	NSC_OBSTACLE_SETGID,
	NSC_OBSTACLE_CAPABILITIES,
	NSC_OBSTACLE_RAISED /* the caller runs with raised privileges already */
};

struct nsc_inspection {
	enum nsc_obstacle obstacle;
	char program[PATH_MAX]; /* what it is about: the program, or what runs it where that is a
				   script */
	struct elf_abi abi;     /* the program's; set for NSC_OBSTACLE_ABI */
};

/*
 * Looks at the program at `path` as execve(2) would: through #! lines, as many as the kernel
 * follows, and through
 * "#!/usr/bin/env NAME". `library` is the library's ABI. What cannot be read, executed or
 * understood is no obstacle: it is execve's to judge.
 */
void nsc_inspect(const char *path, struct elf_abi library, struct nsc_inspection *inspection);

#endif
