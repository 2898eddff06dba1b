/* SPDX-License-Identifier: MIT */
/* What is wrong with /etc/ld.so.preload or with the libraries in it, and the remedies. */
#ifndef NSC_PROBLEMS_H
#define NSC_PROBLEMS_H

#include <stddef.h>

#include "preload/preload_file.h"

struct problem {
	const char *what, *remedy;
};

struct problems {
	struct problem *list;
	size_t count;
};

/* Adds one, unless the same is on the list already. */
void problems_add(struct problems *problems, const char *what, const char *remedy);

/*
 * Looks at the file itself. It must be a regular file that everybody can read and only root can
 * change, without comments, zero bytes and DOS line ends.
 */
void problems_in_file(const struct preload_file *file, struct problems *problems);

/*
 * Looks at the library of one entry: missing, not readable for everybody, empty, truncated, for
 * another architecture, or others than root can change it. Skips an entry with a $ in it, which
 * only ld.so can expand. `remedy` is what to do if it cannot be used.
 */
void problems_in_entry(const char *entry, const char *remedy, struct problems *problems);

/* Looks at all entries; with `ours` false, only at those of others (see preload_is_ours()). */
void problems_in_entries(const struct preload_file *file, const char *library, bool ours,
			 struct problems *problems);

/* Can others than root change the library at `path`? */
void problems_in_path(const char *path, struct problems *problems);

/* Prints them on standard error. */
void problems_print(const struct problems *problems);

#endif
