/* SPDX-License-Identifier: MIT */
/* Prints the tools' lines: answers on standard output, errors on standard error. */
#ifndef NSC_MESSAGE_H
#define NSC_MESSAGE_H

/* Each tool defines its name, and its exit status for failures of its own. */
extern const char message_program[];
extern const int message_failure;

/*
 * Formats a string as printf(3) does, from malloc. Most callers do not free it, because the tool
 * ends soon.
 */
char *message_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Returns a copy of `text` that is safe to show, from malloc: each control character and each byte
 * that is not UTF-8 becomes "?". For names that somebody else chose.
 */
char *message_printable(const char *text);

/*
 * Prints a line on standard output. This function and message_error() replace control characters as
 * message_printable() does, except for newlines.
 */
void message_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints a line on standard error, with the tool's name in front. */
void message_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Returns `memory`. Ends the tool with a message if it is NULL. */
void *memory_or_exit(void *memory);

#endif
