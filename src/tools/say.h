/* SPDX-License-Identifier: MIT */
/* How noselfconn(1) speaks: one line on standard error, with its name in front; and how it ends. */
#ifndef NSC_SAY_H
#define NSC_SAY_H

/* As env(1) and timeout(1) have them. */
enum { NSC_STATUS_OWN_ERROR = 125, NSC_STATUS_NOT_EXECUTABLE = 126, NSC_STATUS_NOT_FOUND = 127 };

/* As printf(3), without the end of the line. */
__attribute__((format(printf, 1, 2))) void nsc_say(const char *format, ...);

#endif
