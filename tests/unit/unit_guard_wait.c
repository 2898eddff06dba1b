/* SPDX-License-Identifier: MIT */
/* guard.c: a wait that has ended does not start again, and cancellation during a retried call. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/syscall.h>

#include "fake_kernel.h"
#include "fake_socket.h"
#include "guard_script.h"
#include "tap.h"

static int flags_of_retry;

static void note_flags(void)
{
	if (script.made)
		flags_of_retry = script.flags;
}

static void install(void)
{
	script_install();
	script.before_make = note_flags;
}

/* EINTR comes from a signal. EINPROGRESS on a blocking socket comes from SO_SNDTIMEO. */
static const int over[] = {EINTR, EINPROGRESS};

START_TEST(test_a_wait_that_was_over_goes_on_without_the_caller)
{
	const struct step steps[] = {{-over[_i], true, 0}, {-EINPROGRESS, false, 40001}};

	ck_assert_int_eq(script_run(steps, 2), -1);
	ck_assert_int_eq(errno, over[_i]);
	ck_assert_uint_eq(script.made, 2);
	ck_assert_int_eq(flags_of_retry, O_RDWR | O_NONBLOCK);
	ck_assert_int_eq(script.flags, O_RDWR);
}
END_TEST

START_TEST(test_a_wait_that_was_over_does_not_begin_again_for_lack_of_a_port)
{
	static const struct step steps[] = {
		{-EINTR, true, 0}, {-EADDRNOTAVAIL, false, 0}, {-EINPROGRESS, false, 40001}};

	ck_assert_int_eq(script_run(steps, 3), -1);
	ck_assert_int_eq(errno, EINTR);
	ck_assert_uint_eq(script.made, 3);
	ck_assert_int_eq(flags_of_retry, O_RDWR | O_NONBLOCK);
	ck_assert_int_eq(script.flags, O_RDWR);
}
END_TEST

static const long decided[] = {0, -ECONNREFUSED, -ENETUNREACH};

START_TEST(test_what_the_retry_decides_at_once_is_handed_back)
{
	const struct step steps[] = {{-EINTR, true, 0}, {decided[_i], false, 40001}};

	ck_assert_int_eq(script_run(steps, 2), decided[_i] ? -1 : 0);
	ck_assert_int_eq(errno, decided[_i] ? -decided[_i] : SCRIPT_ERRNO);
	ck_assert_int_eq(script.flags, O_RDWR);
}
END_TEST

START_TEST(test_a_non_blocking_socket_stays_as_it_is)
{
	static const struct step steps[] = {{-EINPROGRESS, true, 0}, {-EINPROGRESS, false, 40001}};

	script.flags = O_RDWR | O_NONBLOCK;
	ck_assert_int_eq(script_run(steps, 2), -1);
	ck_assert_int_eq(errno, EINPROGRESS);
	ck_assert_int_eq(flags_of_retry, O_RDWR | O_NONBLOCK);
	/* The flags are read but not changed. */
	ck_assert_uint_eq(fake_kernel_count(FAKE_FCNTL), 1);
}
END_TEST

static const struct step still_waiting[] = {{0, true, 0}, {-EADDRNOTAVAIL, false, 0}};

START_TEST(test_a_call_that_had_not_waited_waits)
{
	const struct step steps[] = {still_waiting[_i], {0, false, 40001}};

	ck_assert_int_eq(script_run(steps, 2), 0);
	ck_assert_int_eq(flags_of_retry, O_RDWR);
	/*
	 * After a success the core reads the flags, to see whose connection it is, but does not
	 * change them.
	 */
	ck_assert_uint_eq(fake_kernel_count(FAKE_FCNTL), still_waiting[_i].result == 0);
}
END_TEST

START_TEST(test_where_the_flags_cannot_be_read_the_call_is_made_as_it_is)
{
	static const struct step steps[] = {{-EINTR, true, 0}, {-EINPROGRESS, false, 40001}};

	fake_kernel_return(FAKE_FCNTL, 1, -EPERM);
	ck_assert_int_eq(script_run(steps, 2), -1);
	ck_assert_int_eq(errno, EINPROGRESS);
	ck_assert_uint_eq(fake_kernel_count(FAKE_FCNTL), 1);
}
END_TEST

START_TEST(test_a_port_of_the_callers_own_is_connected_without_a_second_wait)
{
	static const struct step steps[] = {{-EINTR, true, 0}, {-EINPROGRESS, true, 0}};

	fake_socket.state = TCP_CLOSE; /* once it is torn down */
	fake_kernel_return(SYS_bind, 1, -EADDRINUSE);
	fake_kernel_return(SYS_bind, 2, -EINVAL);
	fake_kernel_return(SYS_bind, 3, -EINVAL);
	ck_assert_int_eq(script_run(steps, 2), -1);
	ck_assert_int_eq(errno, EINTR);
	ck_assert_uint_eq(script.made, 2);
	ck_assert_int_eq(flags_of_retry, O_RDWR | O_NONBLOCK);
	ck_assert_int_eq(script.flags, O_RDWR);
}
END_TEST

static const struct step first[] = {{0, true, 0}, {-EINTR, true, 0}};

static void cancel_the_retry(void)
{
	if (script.made == 0)
		return;
	note_flags();
	pthread_cancel(pthread_self());
	pthread_testcancel();
}

static void *run_and_be_cancelled(void *step)
{
	script_run(step, 1);
	return NULL;
}

START_TEST(test_after_a_cancelled_retry_nothing_is_held_and_the_socket_waits_again)
{
	struct step step = first[_i];
	pthread_t thread;
	void *result;

	if (!SCRIPT_CAN_BE_CANCELLED)
		tap_skip(SCRIPT_NO_HANDLERS);
	script.before_make = cancel_the_retry;
	ck_assert_int_eq(pthread_create(&thread, NULL, run_and_be_cancelled, &step), 0);
	ck_assert_int_eq(pthread_join(thread, &result), 0);
	ck_assert_ptr_eq(result, PTHREAD_CANCELED);
	ck_assert_uint_eq(script_holders(), 1);
	ck_assert_int_eq(flags_of_retry, O_RDWR | (_i ? O_NONBLOCK : 0));
	ck_assert_int_eq(script.flags, O_RDWR);
}
END_TEST

Suite *suite_guard_wait(void)
{
	Suite *suite = suite_create("guard_wait");
	TCase *wait = tcase_create("wait");

	tcase_add_checked_fixture(wait, install, NULL);
	tcase_add_loop_test(wait, test_a_wait_that_was_over_goes_on_without_the_caller, 0, 2);
	tcase_add_test(wait, test_a_wait_that_was_over_does_not_begin_again_for_lack_of_a_port);
	tcase_add_loop_test(wait, test_what_the_retry_decides_at_once_is_handed_back, 0, 3);
	tcase_add_test(wait, test_a_non_blocking_socket_stays_as_it_is);
	tcase_add_loop_test(wait, test_a_call_that_had_not_waited_waits, 0, 2);
	tcase_add_test(wait, test_where_the_flags_cannot_be_read_the_call_is_made_as_it_is);
	tcase_add_test(wait, test_a_port_of_the_callers_own_is_connected_without_a_second_wait);
	tcase_add_loop_test(wait,
			    test_after_a_cancelled_retry_nothing_is_held_and_the_socket_waits_again,
			    0, 2);
	suite_add_tcase(suite, wait);
	return suite;
}
