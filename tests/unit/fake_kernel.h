/* SPDX-License-Identifier: MIT */
/* A kernel that passes calls on, remembers them, and fails or answers those that a test names. */
#ifndef NSC_TESTS_FAKE_KERNEL_H
#define NSC_TESTS_FAKE_KERNEL_H

#include <sys/syscall.h>

struct fake_call {
	long number, argument[5];
	long result; /* what the core was given: a result, or -errno */
};

/* What a call is to return: a result, or -errno. fake_kernel_pass() is what the real kernel says.
 */
typedef long fake_answer(const struct fake_call *call, void *context);

/* In the place of a call's number: all of them. In the place of "the how-manieth": each of them. */
enum { FAKE_ANY = -1, FAKE_EACH = 0 };

/* fcntl(2), which kernel.h calls by the one that takes all locks. */
#ifdef SYS_fcntl64
enum { FAKE_FCNTL = SYS_fcntl64 };
#else
enum { FAKE_FCNTL = SYS_fcntl };
#endif

/* Puts itself into the table of libc.h. Forgets all calls and all that it was told before. */
void fake_kernel_install(void);

/*
 * The `nth` call of `number` since the installation, from 1, is not made but returns `result` (an
 * error as -errno), or what `answer` says. Of two that name the same call the younger counts. To
 * fail each call of a piece of code in turn: install, fake_kernel_return(FAKE_ANY, n, -error), run;
 * for n = 1, 2... as long as fake_kernel_count(FAKE_ANY) comes to n.
 */
void fake_kernel_return(long number, unsigned nth, long result);
void fake_kernel_answer(long number, unsigned nth, fake_answer *answer, void *context);

long fake_kernel_pass(const struct fake_call *call);

/* How many calls of `number` there have been, and the `nth` of them: NULL where there were fewer.
 */
unsigned fake_kernel_count(long number);
const struct fake_call *fake_kernel_call(long number, unsigned nth);

#endif
