/* SPDX-License-Identifier: MIT */
/* Replaces a file as a whole: every reader sees the old one or the new one, even after a crash. */
#ifndef NSC_ATOMIC_FILE_H
#define NSC_ATOMIC_FILE_H

#include <stddef.h>
#include <sys/stat.h>

enum lock_wait { LOCK_WAIT, LOCK_WAIT_SHORTLY };

/*
 * Takes a flock(2) on the folder, which lasts until the process ends. Any user who can read the
 * folder can hold that lock. LOCK_WAIT waits for it; LOCK_WAIT_SHORTLY goes on without it after
 * three seconds, for commands that nobody may delay. `path` is for messages. Returns 0 or -errno.
 */
int lock_folder(int folder, const char *path, enum lock_wait wait);

/*
 * Opens a regular file in the folder for reading. Follows no link, and never waits for a FIFO or a
 * lease. Returns a descriptor; -EINVAL if it is something else; -errno.
 */
int open_file(int folder, const char *name);

/*
 * Writes `bytes` as the file `name` in `folder`. They go to NAME.noselfconn-new first, which is
 * then renamed; fsync(2) of the file comes before that, fsync of the folder after. Mode, owner and
 * extended attributes are those of the file `like`; without one, 0644, the caller's, and the
 * SELinux label of the file `label_like`, which may be NULL. The caller holds a lock on the folder,
 * so an existing NAME.noselfconn-new is the remainder of a killed run. Returns 0 or -errno. After
 * an error the old file is in place, except if the fsync of the folder failed.
 */
int replace_file(int folder, const char *name, const char *like, const char *label_like,
		 const void *bytes, size_t size);

/* Removes a file from the folder, if it is there, and syncs the folder. Returns 0 or -errno. */
int remove_file(int folder, const char *name);

/* Renames a file in the folder, and syncs the folder. Returns 0 or -errno. */
int rename_file(int folder, const char *from, const char *to);

/* strerror(3) of a negative errno, with the advice to become root if that would help. */
const char *file_error(int error);

#endif
