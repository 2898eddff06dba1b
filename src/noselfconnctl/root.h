/* SPDX-License-Identifier: MIT */
/* The folder of --root, which holds the files of the machine or of an image. */
#ifndef NSC_ROOT_H
#define NSC_ROOT_H

#include <stdbool.h>

#include "root_walk.h"

/* Call this first. Returns 0, or -errno if `directory` cannot be opened. */
int root_enter(const char *directory);

/* True if the root is the machine's own. */
bool root_is_machine(void);

/* Turns a path that is absolute in the root into the path that the caller of noselfconnctl sees. */
const char *root_path(const char *path);

/*
 * open(2) of a path that is absolute in the root. Symbolic links stay inside the root. O_CLOEXEC is
 * added; nothing is created. Returns a descriptor or -errno.
 */
int root_open(const char *path, int flags);

/*
 * Opens a regular file for reading. Never waits for a FIFO or a lease, and never opens a device,
 * which may have an effect. Returns a descriptor; -EINVAL if it is something else; -errno.
 */
int root_open_file(const char *path);

/* root_walk() in the root, to look at each folder on the way to a file and at the file. */
int root_visit_path(const char *path, root_visit *visit, void *data);

/*
 * Makes the root this process's own by chroot(2), and the current folder. Before unshare(2), call
 * root_prepare(): only the current folder moves along into a new mount namespace. Both return 0 or
 * -errno.
 */
int root_prepare(void);
int root_become(void);

#endif
