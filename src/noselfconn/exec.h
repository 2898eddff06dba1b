/* SPDX-License-Identifier: MIT */
/* Finding and running a program by its name, as shells do (POSIX, Shell Command Language 2.9.1.4).
 */
#ifndef NSC_EXEC_H
#define NSC_EXEC_H

#include <limits.h>
#include <stdbool.h>

/* Exit statuses as env(1) and timeout(1) have them. */
enum { NSC_STATUS_OWN_ERROR = 125, NSC_STATUS_NOT_EXECUTABLE = 126, NSC_STATUS_NOT_FOUND = 127 };

/* Runs texts that the kernel does not take for programs. */
#define NSC_PROGRAM_SHELL "/bin/sh"

/*
 * Puts into `path` (PATH_MAX bytes) which file `name` means: itself where it has a slash, else the
 * first in PATH that may be executed. Returns 0; -ENOENT where there is none; -EACCES where there
 * are only such as may not be executed; -ENAMETOOLONG.
 */
int nsc_program_find(const char *name, char *path);

/*
 * Does the file behind `fd` look like a text without a #! line, which shells run themselves? An
 * empty one does; not so a program for another machine, nor a script whose interpreter the kernel
 * has refused.
 */
bool nsc_program_is_text(int fd);

/* Becomes the program at `path`. Returns only where that is not possible: the -errno of it. */
int nsc_program_run(const char *path, char **arguments);

#endif
