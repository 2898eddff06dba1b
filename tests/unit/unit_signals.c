/* SPDX-License-Identifier: MIT */
/* signals.c: blocking signals and restoring the previous mask. */
#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fake_kernel.h"
#include "signals.h"
#include "loopback.h"

static volatile sig_atomic_t delivered;

static void note(int signal)
{
	delivered = signal;
}

static bool is_blocked(int signal)
{
	return kernel_signal_mask() >> (signal - 1) & 1;
}

START_TEST(test_all_but_faults_and_sigsys_are_held_off)
{
	static const int left_alone[] = {SIGKILL, SIGSTOP, SIGSYS, SIGSEGV,
					 SIGBUS,  SIGFPE,  SIGILL, SIGTRAP};
	struct nsc_signals signals;

	nsc_signals_hold(&signals);
	ck_assert(signals.held);
	for (int signal = 1; signal <= 64; signal++) {
		bool alone = false;

		for (size_t i = 0; i < sizeof left_alone / sizeof *left_alone; i++)
			alone = alone || left_alone[i] == signal;
		ck_assert_msg(is_blocked(signal) != alone, "signal %d", signal);
	}
}
END_TEST

START_TEST(test_the_mask_is_restored_exactly)
{
	struct nsc_signals signals;
	unsigned long long before;
	sigset_t mine;

	sigemptyset(&mine);
	sigaddset(&mine, SIGUSR1);
	sigaddset(&mine, SIGSEGV);
	sigaddset(&mine, SIGRTMAX);
	sigprocmask(SIG_SETMASK, &mine, NULL);
	before = kernel_signal_mask();
	nsc_signals_hold(&signals);
	ck_assert(kernel_signal_mask() != before);
	/* A signal that the program has blocked stays blocked, even one for faults. */
	ck_assert(is_blocked(SIGSEGV));
	nsc_signals_restore(&signals);
	ck_assert(kernel_signal_mask() == before);
}
END_TEST

START_TEST(test_holds_can_be_nested)
{
	unsigned long long before = kernel_signal_mask();
	struct nsc_signals outer, inner;

	nsc_signals_hold(&outer);
	nsc_signals_hold(&inner);
	nsc_signals_restore(&inner);
	ck_assert(is_blocked(SIGTERM));
	nsc_signals_restore(&outer);
	ck_assert(kernel_signal_mask() == before);
}
END_TEST

START_TEST(test_what_came_meanwhile_is_delivered_by_the_restore)
{
	struct nsc_signals signals;

	signal(SIGUSR1, note);
	nsc_signals_hold(&signals);
	kill(getpid(), SIGUSR1);
	ck_assert_int_eq(delivered, 0);
	nsc_signals_restore(&signals);
	ck_assert_int_eq(delivered, SIGUSR1);
}
END_TEST

START_TEST(test_restoring_after_a_refused_hold_does_nothing)
{
	unsigned long long before = kernel_signal_mask();
	struct nsc_signals signals;

	fake_kernel_install();
	fake_kernel_return(SYS_rt_sigprocmask, 1, -EPERM);
	nsc_signals_hold(&signals);
	ck_assert(!signals.held);
	nsc_signals_restore(&signals);
	ck_assert_uint_eq(fake_kernel_count(FAKE_ANY), 1);
	ck_assert(kernel_signal_mask() == before);
}
END_TEST

START_TEST(test_a_pending_signal_is_seen_and_can_be_discarded)
{
	struct nsc_signals signals;

	signal(SIGPIPE, note);
	signal(SIGXFSZ, note);
	nsc_signals_hold(&signals);
	ck_assert(!nsc_signals_pending(SIGPIPE));
	raise(SIGPIPE);
	kill(getpid(), SIGXFSZ);
	ck_assert(nsc_signals_pending(SIGPIPE));
	ck_assert(nsc_signals_pending(SIGXFSZ));
	nsc_signals_discard(SIGPIPE);
	ck_assert(!nsc_signals_pending(SIGPIPE));
	ck_assert(nsc_signals_pending(SIGXFSZ));
	nsc_signals_restore(&signals);
	ck_assert_int_eq(delivered, SIGXFSZ);
}
END_TEST

START_TEST(test_discarding_what_is_not_pending_does_not_wait)
{
	struct nsc_signals signals;

	nsc_signals_hold(&signals);
	nsc_signals_discard(SIGPIPE);
	nsc_signals_restore(&signals);
}
END_TEST

START_TEST(test_nothing_is_pending_where_the_kernel_does_not_say)
{
	struct nsc_signals signals;

	nsc_signals_hold(&signals);
	raise(SIGWINCH);
	fake_kernel_install();
	fake_kernel_return(SYS_rt_sigpending, 1, -EINVAL);
	ck_assert(!nsc_signals_pending(SIGWINCH));
	ck_assert(nsc_signals_pending(SIGWINCH));
}
END_TEST

Suite *suite_signals(void)
{
	Suite *suite = suite_create("signals");
	TCase *hold = tcase_create("hold"), *pending = tcase_create("pending"),
	      *prompt = tcase_create("prompt");

	tcase_add_test(hold, test_all_but_faults_and_sigsys_are_held_off);
	tcase_add_test(hold, test_the_mask_is_restored_exactly);
	tcase_add_test(hold, test_holds_can_be_nested);
	tcase_add_test(hold, test_restoring_after_a_refused_hold_does_nothing);
	suite_add_tcase(suite, hold);
	tcase_add_test(pending, test_discarding_what_is_not_pending_does_not_wait);
	tcase_add_test(pending, test_nothing_is_pending_where_the_kernel_does_not_say);
	suite_add_tcase(suite, pending);
	tcase_set_tags(prompt, UNIT_PROMPT);
	tcase_add_test(prompt, test_what_came_meanwhile_is_delivered_by_the_restore);
	tcase_add_test(prompt, test_a_pending_signal_is_seen_and_can_be_discarded);
	suite_add_tcase(suite, prompt);
	return suite;
}
