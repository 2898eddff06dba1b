/* SPDX-License-Identifier: MIT */
/* A mount namespace in which only trial programs see another /etc/ld.so.preload. */
#ifndef NSC_TRIAL_NAMESPACE_H
#define NSC_TRIAL_NAMESPACE_H

#include <stddef.h>

/* Moves this process into a mount namespace of its own. Returns 0 or -errno: EPERM without
 * CAP_SYS_ADMIN, EINVAL in a chroot that is not a mount point. */
int trial_namespace_enter(void);

/*
 * Covers the root's /etc in that namespace, after root_become(): with links to everything in the
 * real one, and with `bytes` as ld.so.preload. The real file need not exist, nor its file system be
 * writable. Returns 0 or -errno.
 */
int trial_namespace_cover_etc(const char *bytes, size_t size);

#endif
