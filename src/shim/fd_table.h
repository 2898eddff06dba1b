/* SPDX-License-Identifier: MIT */
/* Looks through the process's other descriptors for one that would notice a replaced socket. */
#ifndef NSC_FD_TABLE_H
#define NSC_FD_TABLE_H

#include <stdbool.h>

/* The largest number of descriptors that are looked at: with more, each repair would be slow. */
enum { NSC_FD_TABLE_LOOK = 32 };

/*
 * Whether another descriptor refers to the socket `fd`, or is an epoll instance or an io_uring,
 * whose registrations would stay with the old socket (epoll(7)). `proc` comes from
 * nsc_procfs_open(). Also true if there are more than NSC_FD_TABLE_LOOK descriptors beside `proc`,
 * and if something cannot be looked up.
 */
bool nsc_fd_table_notices(int proc, int fd);

/* The same for the number of descriptors alone, by one system call. False before Linux 6.2. */
bool nsc_fd_table_is_large(int proc);

#endif
