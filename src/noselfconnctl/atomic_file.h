/* SPDX-License-Identifier: MIT */
/*
 * Putting a whole file in the place of another: whoever looks sees the old one or the new one,
 * whatever happens meanwhile.
 */
#ifndef NSC_ATOMIC_FILE_H
#define NSC_ATOMIC_FILE_H

#include <stddef.h>
#include <sys/stat.h>

enum lock_wait { LOCK_WAIT, LOCK_WAIT_SHORTLY };

/*
 * A flock(2) on the folder, which goes when the process does. Everybody may lock what everybody may
 * read: LOCK_WAIT waits, and says so; LOCK_WAIT_SHORTLY goes on without the lock after three
 * seconds, for what nobody is to hold up. `path` is for messages. Returns 0 or -errno.
 */
int lock_folder(int folder, const char *path, enum lock_wait wait);

/*
 * Writes `bytes` as the file `name` in the folder `folder`: into NAME.noselfconn-new beside it,
 * which is then renamed, with fsync(2) of the file before and of the folder after. Mode, owner and
 * extended attributes are those of the file `like`; where there is none, 0644 and the caller's. The
 * caller holds a lock on the folder, so that a NAME.noselfconn-new that is there is one that a
 * killed run has left. Returns 0, or -errno; the old file is in place then, unless it is the
 * folder's fsync that failed.
 */
int replace_file(int folder, const char *name, const char *like, const void *bytes, size_t size);

/*
 * unlink(2) of a file in the folder, and fsync of that. One that is not there is fine. Returns 0 or
 * -errno.
 */
int remove_file(int folder, const char *name);

/* A file in the folder takes another's name, and fsync of the folder. Returns 0 or -errno. */
int rename_file(int folder, const char *from, const char *to);

#endif
