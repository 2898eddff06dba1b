/* SPDX-License-Identifier: MIT */
/* A private network namespace for a test, and its settings. */
#ifndef NSC_TESTS_NETNS_H
#define NSC_TESTS_NETNS_H

#include <stdbool.h>

/*
 * Moves the process into a new network namespace in which lo is up and the kernel chooses ports
 * from low to high. The machine's noselfconn.conf(5) is empty there. A caller that is not root
 * becomes root of a user namespace. Returns false if that is not allowed.
 */
bool netns_make(unsigned low, unsigned high);

/*
 * Sets the namespace's ip_local_port_range, or another file below /proc/sys/net. Exits with status
 * 99 on failure.
 */
void netns_set_range(unsigned low, unsigned high);
void netns_set(const char *path, const char *value);

#endif
