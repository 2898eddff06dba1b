/* SPDX-License-Identifier: MIT */
/* One JSON text (RFC 8259) on standard output, piece by piece. */
#ifndef NSC_JSON_H
#define NSC_JSON_H

#include <stdbool.h>

/*
 * `key` is NULL in a list and for the outermost value. A list or an object is opened by its
 * bracket,
 * '[' or '{', and closed in turn; the last json_close() ends the line. Bytes that are no UTF-8
 * become U+FFFD. A string that is NULL becomes null.
 */
void json_open(const char *key, char bracket);
void json_close(void);
void json_string(const char *key, const char *value);
void json_number(const char *key, unsigned long value);
void json_boolean(const char *key, bool value);

#endif
