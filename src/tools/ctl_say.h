/* SPDX-License-Identifier: MIT */
/* How noselfconnctl speaks, and how its commands end. */
#ifndef NSC_CTL_SAY_H
#define NSC_CTL_SAY_H

/* Exit statuses, as noselfconnctl(8) has them: CTL_NO is the answer "no", not a failure. */
enum { CTL_OK, CTL_NO, CTL_USAGE, CTL_TROUBLE };

/*
 * A string as by printf(3), from malloc; nobody frees it, because the program is over soon. Ends the
 * program with CTL_TROUBLE where there is no memory.
 */
char *say_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A line on standard output. */
void say_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A line on standard error, with the program's name in front. */
void say_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
