/* SPDX-License-Identifier: MIT */
/* Reading files of the real procfs, and nothing that only looks like it. */
#ifndef NSC_PROCFS_H
#define NSC_PROCFS_H

#include <stddef.h>

/*
 * Opens /proc, the directory that the functions below start from. Returns a descriptor (O_PATH,
 * close-on-exec), or -errno: -ENOENT if what lies there is not procfs.
 *
 * In a chroot, another user may own /proc. To open a named pipe or a leased file there could block
 * for ever; a made-up file could tell lies. So nothing below /proc is opened before statfs(2) has
 * confirmed the file system. It is not fstatfs(2), which would be safer from races, because chronyd
 * runs in a seccomp filter that kills for fstatfs() and allows statfs().
 */
int nsc_procfs_open(void);

/*
 * Opens the file `path` for reading, with the additional open(2) flags `flags`. `path` is absolute
 * and starts with "/proc/"; `proc` is what nsc_procfs_open() returned. Returns a descriptor
 * (close-on-exec), or -errno: -ENOENT if another file system is mounted over the file.
 */
int nsc_procfs_open_file(int proc, const char *path, int flags);

/*
 * Reads the beginning of the file `path` by one read(2), which is how procfs gives a consistent
 * answer. `text` has room for `size` bytes and is terminated with '\0'. Returns the length in bytes
 * without it, or -errno.
 */
long nsc_procfs_read(int proc, const char *path, char *text, size_t size);

#endif
