/* SPDX-License-Identifier: MIT */
/* A network namespace of the test's own, and its settings. */
#ifndef NSC_TESTS_NETNS_H
#define NSC_TESTS_NETNS_H

#include <stdbool.h>

/*
 * Moves the process into a new network namespace where lo is up and the kernel chooses ports from
 * low to high. Who is not root becomes root of a user namespace for it. False where that is not
 * allowed.
 */
bool netns_make(unsigned low, unsigned high);

/* Sets the namespace's ip_local_port_range, or another file below /proc/sys/net; ends the process
 * with 99 otherwise. */
void netns_set_range(unsigned low, unsigned high);
void netns_set(const char *path, const char *value);

#endif
