/* SPDX-License-Identifier: MIT */
/* Would anyone notice a fresh socket on this descriptor? */
#ifndef NSC_SHARING_H
#define NSC_SHARING_H

#include <stdbool.h>

/*
 * Whether a fresh socket on `fd` might be noticed: the process has another thread (it may be
 * waiting on the descriptor), an epoll instance or an io_uring (their registrations stay with the
 * old socket, epoll(7)), another descriptor for the same socket, or shares descriptors with a
 * parent or child since fork(2). What cannot be looked up (no /proc, no descriptor free, more than
 * NSC_SHARING_LOOK descriptors) counts as noticed. Not seen is a duplicate that another process got
 * by SCM_RIGHTS, or kept across exec.
 */
bool nsc_sharing_noticed(int fd);

enum { NSC_SHARING_LOOK = 32 };

#endif
