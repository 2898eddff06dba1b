/* SPDX-License-Identifier: MIT */
/*
 * A mount namespace in which /etc/ld.so.preload is what we say: programs started there obey it, all
 * others do not see it.
 */
#ifndef NSC_TRIAL_NAMESPACE_H
#define NSC_TRIAL_NAMESPACE_H

#include <stddef.h>

/* Puts this process into a mount namespace of its own. Returns 0, or -errno: EPERM without
 * CAP_SYS_ADMIN. */
int stage_enter(void);

/*
 * There, and in the root (root_become()): covers /etc by one of links to what the real one holds,
 * and with `bytes` as ld.so.preload; the real file need not exist, nor its file system be writable.
 * Returns 0 or -errno.
 */
int stage_put(const char *bytes, size_t size);

#endif
