/* SPDX-License-Identifier: MIT */
/* A clock that stands still until a test moves it. */
#ifndef NSC_TESTS_FAKE_CLOCK_H
#define NSC_TESTS_FAKE_CLOCK_H

#include <time.h>

/* Sets the time that the core's clock_gettime(2) returns. A negative `second` makes it fail. */
void fake_clock_set(time_t second);

#endif
