/* SPDX-License-Identifier: MIT */
/* Resolves a path inside a root folder step by step, so that no link leads out of it. */
#ifndef NSC_ROOT_WALK_H
#define NSC_ROOT_WALK_H

#include <sys/stat.h>

/*
 * Sees one folder on the way, or the file at its end. `path` is absolute as seen in the root and
 * has no link in it. Returns 0 to go on, or a negative number, which ends the walk and is its
 * result.
 */
typedef int root_visit(const char *path, const struct stat *status, void *data);

/*
 * Opens `path`, which is absolute as seen in the folder `root`, as openat2(2) does with
 * RESOLVE_IN_ROOT: absolute links start at the root, and ".." does not leave it. `flags` are those
 * of open(2) without O_CREAT; O_CLOEXEC is added. `visit` may be NULL. Returns a descriptor,
 * -errno or the visitor's number.
 */
int root_walk(int root, const char *path, int flags, root_visit *visit, void *data);

#endif
