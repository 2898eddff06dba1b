/* SPDX-License-Identifier: MIT */
/*
 * A fake kernel. It records system calls and passes them on, except those that a test fails or
 * answers.
 */
#ifndef NSC_TESTS_FAKE_KERNEL_H
#define NSC_TESTS_FAKE_KERNEL_H

#include <sys/syscall.h>

struct fake_call {
	long number, argument[5];
	long result; /* what the core got: a result or -errno */
};

/* Returns a call's result or -errno. fake_kernel_pass() makes the real call. */
typedef long fake_answer(const struct fake_call *call, void *context);

/* FAKE_ANY as a call's number means any call. FAKE_EACH as `nth` means every time. */
enum { FAKE_ANY = -1, FAKE_EACH = 0 };

/* The number by which sys.h calls fcntl(2): the variant that supports all locks. */
#ifdef SYS_fcntl64
enum { FAKE_FCNTL = SYS_fcntl64 };
#else
enum { FAKE_FCNTL = SYS_fcntl };
#endif

/*
 * Installs the fake into the core's table of system calls. Forgets recorded calls and earlier
 * orders.
 */
void fake_kernel_install(void);

/*
 * Counting from 1 since the installation, the `nth` call of `number` is not made. It returns
 * `result` (an error as -errno) or what `answer` returns. If two orders name the same call, the
 * later one wins.
 *
 * To fail each call of a piece of code in turn, for n = 1, 2...: install,
 * fake_kernel_return(FAKE_ANY, n, -error), run; until fake_kernel_count(FAKE_ANY) is below n.
 */
void fake_kernel_return(long number, unsigned nth, long result);
void fake_kernel_answer(long number, unsigned nth, fake_answer *answer, void *context);

long fake_kernel_pass(const struct fake_call *call);

/* The number of calls of `number` so far, and the `nth` of them, or NULL if there were fewer. */
unsigned fake_kernel_count(long number);
const struct fake_call *fake_kernel_call(long number, unsigned nth);

#endif
