/* SPDX-License-Identifier: MIT */
/* How the tools speak: lines on standard output, and on standard error with the program's name in
 * front. */
#ifndef NSC_MESSAGE_H
#define NSC_MESSAGE_H

/* Each tool defines these: its name, and its exit status for failures of its own. */
extern const char message_program[];
extern const int message_failure;

/* A string as by printf(3), from malloc; mostly nobody frees it, because the program is over soon.
 */
char *message_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A line on standard output. */
void message_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A line on standard error. */
void message_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Gives back `memory`; ends the program, and says so, where that is NULL. */
void *memory_or_exit(void *memory);

#endif
