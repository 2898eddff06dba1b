/* SPDX-License-Identifier: MIT */
/* Writes an entry into /etc/ld.so.preload, and takes it back if programs do not start with it. */
#ifndef NSC_INSTALL_H
#define NSC_INSTALL_H

#include <stdbool.h>

#include "preload/partial.h"
#include "preload/preload_file.h"
#include "preload/rating.h"

struct install {
	int etc;                        /* locked */
	const char *library;            /* that of --library, or NULL */
	const struct preload_file *old; /* what comes back after a failure */
	const struct partial *accepted; /* likewise */
};

/*
 * Writes the entry that `rating` is about, with a backup of the old file. Returns true if what is
 * in force is sound then. Otherwise the old file is back, and the rating has the new failures;
 * *over is set after an error message if nothing can be written at all.
 */
bool install_entry(const struct install *install, struct rating *rating, bool *over);

#endif
