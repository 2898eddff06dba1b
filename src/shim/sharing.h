/* SPDX-License-Identifier: MIT */
/* Tells whether anything would notice that a descriptor gets a fresh socket. */
#ifndef NSC_SHARING_H
#define NSC_SHARING_H

#include <stdbool.h>

/*
 * Whether a fresh socket on `fd` might be noticed, because
 * - the process has another thread, which may be waiting on the descriptor;
 * - another descriptor is the same socket, or an epoll instance or an io_uring, whose registrations
 *   stay with the old socket (epoll(7));
 * - this thread has used io_uring, which can keep sockets without a descriptor;
 * - the process has not executed anything since its fork(2), so its parent has the socket too;
 * - it has a child, or has forked one before, which may have left the socket to a grandchild.
 *
 * What cannot be looked up counts as noticed: no /proc, no free descriptor, more than
 * NSC_FD_TABLE_LOOK descriptors. Unseen is a duplicate that another process got by SCM_RIGHTS or
 * kept across exec, a grandchild by a child that clone(2) made without libc, and in a seccomp
 * sandbox an io_uring without a descriptor.
 */
bool nsc_sharing_noticed(int fd);

#endif
