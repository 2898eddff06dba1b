/* SPDX-License-Identifier: MIT */
/* Can others than root change a file? */
#ifndef NSC_SAFE_PATH_H
#define NSC_SAFE_PATH_H

/*
 * Looks at the file, at every folder on its path, and at the folders that links lead through, as
 * sshd does for StrictModes: each must belong to root, and nobody else may write to it. A group of
 * root's own counts as others, because containers put any user into group 0. In the image of
 * --root the caller's own files count as root's. Returns NULL if all is well or the file is
 * missing. Otherwise returns what is wrong, and *remedy is what to do.
 */
const char *safe_path_fault(const char *path, const char **remedy);

#endif
