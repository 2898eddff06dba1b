/* SPDX-License-Identifier: MIT */
/* Decides what bytes of others are text, and which of it may act on a terminal. */
#ifndef NSC_UTF8_H
#define NSC_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Returns the length in bytes of the character at `text`, which is not at the end of its string; 0
 * for bytes that are not UTF-8 (RFC 3629, section 4).
 */
size_t utf8_length(const char *text);

/* Returns true for the control characters: U+0000 to U+001F, and U+007F to U+009F. */
bool utf8_is_control(const char *text);

#endif
