/* SPDX-License-Identifier: MIT */
/* Decides what bytes of others are text, and which of it may act on a terminal. */
#include "utf8.h"

size_t utf8_length(const char *text)
{
	static const struct {
		unsigned char first, last, second_first, second_last;
		size_t length;
	} kinds[] = {{0x01, 0x7f, 0x00, 0xff, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2},
		     {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
		     {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
		     {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4},
		     {0xf4, 0xf4, 0x80, 0x8f, 4}};
	const unsigned char *s = (const unsigned char *)text;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (*s < kinds[i].first || *s > kinds[i].last)
			continue;
		if (s[1] < kinds[i].second_first || s[1] > kinds[i].second_last)
			return 0;
		for (size_t at = 2; at < kinds[i].length; at++)
			if ((s[at] & 0xc0) != 0x80)
				return 0;
		return kinds[i].length;
	}
	return 0;
}

bool utf8_is_control(const char *text)
{
	unsigned char first = (unsigned char)text[0];

	/* U+0080 to U+009F are C2 80 to C2 9F. A terminal takes U+009B for ESC and a bracket. */
	return first < 0x20 || first == 0x7f ||
	       (first == 0xc2 && (unsigned char)text[1] >= 0x80 && (unsigned char)text[1] < 0xa0);
}
