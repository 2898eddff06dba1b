/* SPDX-License-Identifier: MIT */
/* Which descriptors the test has, and what is on them. */
#ifndef NSC_TESTS_DESCRIPTORS_H
#define NSC_TESTS_DESCRIPTORS_H

#include <sys/types.h>

/* Tells one socket from another on the same descriptor. */
ino_t inode_of(int fd);

/* How many are open; to be compared with an earlier count. */
int open_descriptors(void);

#endif
