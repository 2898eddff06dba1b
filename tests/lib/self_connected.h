/* SPDX-License-Identifier: MIT */
/* Is a socket connected to itself? For programs of every kind of test. */
#ifndef NSC_TESTS_SELF_CONNECTED_H
#define NSC_TESTS_SELF_CONNECTED_H

#include <stdbool.h>

/* Both ends have the same address and port. False where there is no peer. */
bool is_self_connected(int fd);

#endif
