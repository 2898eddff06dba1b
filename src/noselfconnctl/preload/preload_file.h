/* SPDX-License-Identifier: MIT */
/* /etc/ld.so.preload: reads it, and works out its contents with our entry or without. */
#ifndef NSC_PRELOAD_FILE_H
#define NSC_PRELOAD_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "atomic_file.h"

#define PRELOAD_PATH   "/etc/ld.so.preload"
#define PRELOAD_NAME   "ld.so.preload"
#define PRELOAD_BACKUP PRELOAD_NAME ".noselfconn-backup"
/* Policies for SELinux give both files the same label, ld_so_cache_t. */
#define PRELOAD_LABEL_LIKE "ld.so.cache"
#define PRELOAD_LIBRARY    "libnoselfconn.so"

struct preload_file {
	bool exists;
	struct stat status; /* if it exists; lstat(2): a symbolic link is not a regular file */
	char *bytes;        /* never NULL; a 0 follows them */
	size_t size;
};

/* Opens and locks the root's /etc; `wait` is lock_folder()'s. Returns a descriptor, or -1 after an
 * error message. */
int preload_lock(enum lock_wait wait);

/*
 * Reads the file in the folder `etc`. A missing file counts as an empty one; only a regular file is
 * read. Returns false after an error message, also for more than 64 KiB.
 */
bool preload_read(int etc, struct preload_file *file);

/* Reads the bytes of an open file. Returns 0; -EFBIG for more than 64 KiB; -errno. */
int preload_read_all(int fd, struct preload_file *file);

/*
 * Finds the next entry at or after *at, which starts at 0; false if there is none. The separators
 * are those of do_preload() in glibc: space, tab, newline and colon. glibc skips only the first
 * comment of the file, so comments are not treated here. The entry is a string of its own.
 */
bool preload_next(const struct preload_file *file, size_t *at, const char **entry);

/* Is this an entry for libnoselfconn.so in any folder, or for `library` (may be NULL)? A carriage
 * return at the end does not matter. */
bool preload_is_ours(const char *entry, const char *library);

/* Counts our entries; the first one goes to *first, NULL if there is none. */
size_t preload_ours(const struct preload_file *file, const char *library, const char **first);

/*
 * The file without our entries: all else stays byte for byte, and a line with nothing else on it
 * goes. preload_with() puts the line `entry` in front of that. Adding and removing an entry gives
 * the original file.
 */
struct preload_file preload_without(const struct preload_file *file, const char *library);
struct preload_file preload_with(const struct preload_file *file, const char *library,
				 const char *entry);

#endif
