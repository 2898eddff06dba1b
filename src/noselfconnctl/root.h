/* SPDX-License-Identifier: MIT */
/* The folder of --root: where the files of the machine, or of an image, are. */
#ifndef NSC_ROOT_H
#define NSC_ROOT_H

#include <stdbool.h>

/* Comes first. Returns 0, or -errno where `directory` cannot be opened. */
int root_enter(const char *directory);

/* True where the root is the machine's own. */
bool root_is_machine(void);

/* `path`, which is absolute as seen in the root, as the caller of noselfconnctl would write it. */
const char *root_path(const char *path);

/*
 * open(2) of an absolute path as seen in the root, O_CLOEXEC added; symbolic links stay inside the
 * root, by openat2(2) of Linux 5.6 (before, absolute links lead out of it). Creates nothing.
 * Returns a descriptor, or -errno.
 */
int root_open(const char *path, int flags);

/* Makes the root this process's own, by chroot(2), and its folder the current one. Returns 0 or
 * -errno. */
int root_become(void);

#endif
