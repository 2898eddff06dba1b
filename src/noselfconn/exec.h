/* SPDX-License-Identifier: MIT */
/* Finds and runs a program by its name, as shells do (POSIX, Shell Command Language 2.9.1.4). */
#ifndef NSC_EXEC_H
#define NSC_EXEC_H

#include <limits.h>
#include <stdbool.h>

/* The exit statuses of env(1) and timeout(1). */
enum { EXEC_OWN_ERROR = 125, EXEC_NOT_EXECUTABLE = 126, EXEC_NOT_FOUND = 127 };

/* Runs texts that the kernel does not take for programs. */
#define EXEC_SHELL "/bin/sh"

/*
 * Puts the file that `name` means into `path`, of PATH_MAX bytes. A name with a slash means itself.
 * Any other means the first executable file of that name in PATH. Returns 0; -ENOENT if there is no
 * such file; -EACCES if none of them is executable; -ENAMETOOLONG.
 */
int exec_find(const char *name, char *path);

/*
 * Returns true if the file looks like a text without a #! line, also an empty one: shells run such
 * a file themselves. Programs for other machines are no such text, nor are scripts whose
 * interpreter the kernel has refused.
 */
bool exec_is_text(int fd);

/* Becomes the program at `path`. Returns -errno if that fails. */
int exec_run(const char *path, char **arguments);

#endif
