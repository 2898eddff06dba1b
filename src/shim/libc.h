/* SPDX-License-Identifier: MIT */
/* The functions that the shim calls outside itself: one table, which a test can replace. */
#ifndef NSC_LIBC_H
#define NSC_LIBC_H

#include <sys/socket.h>

/*
 * `connect` is the next one behind ours: libc's, or that of another preloaded library. Everything else that
 * a repair does goes to the kernel itself, by syscall(2): no other library's idea of a socket gets in
 * between, and nothing but `connect` is a cancellation point.
 */
struct nsc_libc {
	int (*connect)(int, const struct sockaddr *, socklen_t);
	long (*syscall)(long, ...);
};

extern struct nsc_libc nsc_libc;

/*
 * Finds `connect` by dlsym(RTLD_NEXT). Done when the library is loaded, where dlsym is safe; the doors
 * call it again for a caller that is earlier still (another library's constructor). Doing it twice, or in
 * two threads at once, comes to the same.
 */
void nsc_libc_find(void);

/* syscall(2) through the table. Returns what the kernel does: a result, or -errno. errno is left open. */
long nsc_syscall(long number, long a, long b, long c, long d, long e);

#endif
