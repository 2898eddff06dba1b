/* SPDX-License-Identifier: MIT */
/* Remembers whether the process has forked since it was executed. */
#ifndef NSC_FORKS_H
#define NSC_FORKS_H

#include <stdbool.h>

struct nsc_forks {
	bool watched; /* libc tells about forks */
	bool seen;
};

extern struct nsc_forks nsc_forks;

/*
 * Called when the library is loaded: has libc tell about each fork(2), as pthread_atfork(3) does.
 * It makes no system call, because a sandbox might kill the program for it. Calling it twice is
 * harmless. Does nothing on musl, where pthread_atfork(3) would need malloc(3).
 */
void nsc_forks_watch(void);

#endif
