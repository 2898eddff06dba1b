/* SPDX-License-Identifier: MIT */
/* Lists the test's open descriptors and identifies what they refer to. */
#ifndef NSC_TESTS_DESCRIPTORS_H
#define NSC_TESTS_DESCRIPTORS_H

#include <sys/types.h>

/* The inode tells two sockets on the same descriptor number apart. */
ino_t inode_of(int fd);

/* The number of open descriptors, to compare with an earlier count. */
int open_descriptors(void);

#endif
