/* SPDX-License-Identifier: MIT */
/* Finds the word that a user may have meant. */
#ifndef NSC_NEAREST_H
#define NSC_NEAREST_H

#include <stddef.h>

/*
 * Returns the known word that takes the fewest changes of one character to become `word`. Returns
 * NULL if each takes more than two changes, or more than a third of its length.
 */
const char *nearest(const char *word, const char *const *known, size_t count);

#endif
