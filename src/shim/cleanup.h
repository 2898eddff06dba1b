/* SPDX-License-Identifier: MIT */
/* What is to be undone when a thread is cancelled, or jumps, out of a call. */
#ifndef NSC_CLEANUP_H
#define NSC_CLEANUP_H

/* Laid out as glibc's struct _pthread_cleanup_buffer, because glibc writes into it. */
struct nsc_cleanup {
	void (*routine)(void *);
	void *argument;
	int type;
	struct nsc_cleanup *previous;
};

/*
 * Has `routine` called with `argument` when the thread is cancelled before nsc_cleanup_pop(), or
 * when a signal handler leaves by siglongjmp(3). As pthread_cleanup_push(3) does, but by the
 * function that glibc has for it: the macro needs either unwinding through a personality routine of
 * libgcc's, or symbols that only glibc has. On other libcs nothing is registered: musl's longjmp()
 * would leave a handler behind whose stack frame is gone.
 */
void nsc_cleanup_push(struct nsc_cleanup *cleanup, void (*routine)(void *), void *argument);

/* Takes the handler back, and calls it. */
void nsc_cleanup_pop(struct nsc_cleanup *cleanup);

#endif
