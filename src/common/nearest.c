/* SPDX-License-Identifier: MIT */
/* Finds the word that a user may have meant. */
#include "nearest.h"

#include <string.h>

enum { LENGTH_MOST = 63, CHANGES_MOST = 2 };

static unsigned least(unsigned a, unsigned b, unsigned c)
{
	unsigned smaller = a < b ? a : b;

	return smaller < c ? smaller : c;
}

/*
 * The Levenshtein distance. changes[i] is the distance of the first i characters of `to` from the
 * characters of `from` so far.
 */
static unsigned distance(const char *from, const char *to)
{
	unsigned changes[LENGTH_MOST + 1];
	size_t length = strlen(to);

	if (strlen(from) > LENGTH_MOST || length > LENGTH_MOST)
		return LENGTH_MOST;
	for (size_t i = 0; i <= length; i++)
		changes[i] = (unsigned)i;
	for (; *from; from++) {
		unsigned diagonal = changes[0]++;

		for (size_t i = 1; i <= length; i++) {
			unsigned above = changes[i];

			changes[i] = least(above + 1, changes[i - 1] + 1,
					   diagonal + (*from != to[i - 1]));
			diagonal = above;
		}
	}
	return changes[length];
}

const char *nearest(const char *word, const char *const *known, size_t count)
{
	const char *best = NULL;
	unsigned fewest = CHANGES_MOST + 1;

	for (size_t i = 0; i < count; i++) {
		unsigned changes = distance(word, known[i]);

		if (changes < fewest && changes <= strlen(known[i]) / 3) {
			fewest = changes;
			best = known[i];
		}
	}
	return best;
}
