/* SPDX-License-Identifier: MIT */
/* /etc/ld.so.preload: what is in it, and what it would be with our entry or without. Reads only. */
#ifndef NSC_PRELOAD_FILE_H
#define NSC_PRELOAD_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#define PRELOAD_PATH    "/etc/ld.so.preload"
#define PRELOAD_NAME    "ld.so.preload"
#define PRELOAD_LIBRARY "libnoselfconn.so"

struct preload_file {
	bool exists;
	struct stat status; /* where it exists; lstat(2): a symbolic link is no regular file */
	char *bytes;        /* size of them, and a 0; not NULL even where there is no file */
	size_t size;
};

/*
 * Reads PRELOAD_NAME in the folder `etc`. Returns 0, also where there is no such file; -errno;
 * -EFBIG over 64 KiB, of which no list of libraries is. What is no regular file is not read.
 */
int preload_read(int etc, struct preload_file *file);

/* The bytes of an open file, into `file`. Returns the same. */
int preload_read_all(int fd, struct preload_file *file);

/*
 * The next entry at or after *at, which starts at 0; false where there is none. The separators are
 * do_preload()'s in glibc: space, tab, newline, colon; of comments it leaves out the first only.
 * The entry is a string of its own.
 */
bool preload_next(const struct preload_file *file, size_t *at, const char **entry);

/*
 * Is this entry libnoselfconn.so's, wherever it is (a CR at its end aside), or `library` (NULL:
 * none in particular)?
 */
bool preload_is_ours(const char *entry, const char *library);

/* How many entries are; the first of them goes to *first (NULL where there is none). */
size_t preload_ours(const struct preload_file *file, const char *library, const char **first);

/*
 * The file without our entries, all else byte for byte: a line that has nothing else goes as a
 * whole. And with the line `entry` in front of that. Taking out what was put in gives the file as
 * it was.
 */
struct preload_file preload_without(const struct preload_file *file, const char *library);
struct preload_file preload_with(const struct preload_file *file, const char *library,
				 const char *entry);

#endif
