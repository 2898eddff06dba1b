/* SPDX-License-Identifier: MIT */
/* Cleans up if a thread is cancelled in a call, or a signal handler jumps out of it. */
#ifndef NSC_CLEANUP_H
#define NSC_CLEANUP_H

#include <stdbool.h>

/* The layout of glibc's struct _pthread_cleanup_buffer, because glibc writes into it. */
struct nsc_cleanup {
	void (*routine)(void *);
	void *argument;
	int type;
	struct nsc_cleanup *previous;
};

/*
 * Registers `routine`, which is called with `argument` if the thread is cancelled before
 * nsc_cleanup_pop(), or if a signal handler leaves by siglongjmp(3). It works like
 * pthread_cleanup_push(3), whose macro would need libgcc's unwinder or symbols that only glibc has.
 * Registers nothing on other libcs: musl's longjmp() would leave a handler whose stack frame is
 * gone.
 */
void nsc_cleanup_push(struct nsc_cleanup *cleanup, void (*routine)(void *), void *argument);

/*
 * Removes the handler, and calls it if `execute`, as pthread_cleanup_pop(3) does. A signal
 * handler that jumps out in between may lose the call: hold signals off, or call the routine first.
 */
void nsc_cleanup_pop(struct nsc_cleanup *cleanup, bool execute);

#endif
