/* SPDX-License-Identifier: MIT */
/* Prints one JSON text (RFC 8259) on standard output, piece by piece. */
#ifndef NSC_JSON_H
#define NSC_JSON_H

#include <stdbool.h>

/*
 * In a list, and for the outermost value, `key` is NULL. json_open() opens a list or an object by
 * its bracket, '[' or '{'. json_close() closes the one that was opened last; the outermost one ends
 * the line. A byte that is not UTF-8 becomes U+FFFD, and a string that is NULL becomes null.
 */
void json_open(const char *key, char bracket);
void json_close(void);
void json_string(const char *key, const char *value);
void json_number(const char *key, unsigned long value);
void json_boolean(const char *key, bool value);

#endif
