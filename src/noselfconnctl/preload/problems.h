/* SPDX-License-Identifier: MIT */
/* What is wrong with /etc/ld.so.preload or with what it lists, and how to mend it. */
#ifndef NSC_PROBLEMS_H
#define NSC_PROBLEMS_H

#include <stddef.h>

#include "preload/preload_file.h"

enum { TROUBLE_MOST = 32 };

struct troubles {
	size_t count;
	struct {
		const char *what, *mend;
	} list[TROUBLE_MOST];
};

/* Puts one on the list, if there is room. */
void trouble_add(struct troubles *troubles, const char *what, const char *mend);

/*
 * The file itself: not a regular file, closed to others than root (whose programs then do without
 * it, silently), with the ends of lines of DOS, with comments.
 */
void trouble_in_file(const struct preload_file *file, struct troubles *troubles);

/*
 * One entry, or a library that is to become one: not there, not readable for all, empty, truncated,
 * no shared object, of an ABI that no ld.so of the root serves. Where it has a $ in it, only ld.so
 * can tell. `mend` is what to do about it.
 */
void trouble_in_entry(const char *entry, const char *mend, struct troubles *troubles);

/* All entries; ours (see preload_is_ours()) too where `ours`. */
void trouble_in_entries(const struct preload_file *file, const char *library, bool ours,
			struct troubles *troubles);

/* Says them on standard error, each with how to mend it. */
void trouble_say(const struct troubles *troubles);

#endif
