/* SPDX-License-Identifier: MIT */
/* Tells whether a socket is connected to itself. */
#ifndef NSC_TESTS_SELF_CONNECTED_H
#define NSC_TESTS_SELF_CONNECTED_H

#include <stdbool.h>

/* Returns true if both ends have the same address and port, false if there is no peer. */
bool is_self_connected(int fd);

#endif
