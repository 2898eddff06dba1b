/* SPDX-License-Identifier: MIT */
/* report.c: lines to standard error, as long as it is still the file that it was at the start. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fake_kernel.h"
#include "report.h"
#include "report_setup.h"
#include "loopback.h"

static int ends[2];

static void log_to_stderr(void)
{
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
	close(ends[1]);
	report_setup(NSC_LOG_STDERR);
}

static const char *what_was_said(void)
{
	static char text[4096];
	long size;

	ck_assert_int_eq(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
	size = read(ends[0], text, sizeof text - 1);
	text[size > 0 ? size : 0] = '\0';
	return text;
}

START_TEST(test_a_line_goes_to_standard_error_in_one_write)
{
	char want[128];

	report();
	ck_assert_uint_eq(fake_kernel_count(SYS_write), 1);
	snprintf(want, sizeof want, "noselfconn: program=%s pid=%d fd=5 ",
		 program_invocation_short_name, (int)getpid());
	ck_assert_int_eq(strncmp(what_was_said(), want, strlen(want)), 0);
}
END_TEST

START_TEST(test_nothing_goes_into_a_file_that_took_its_number)
{
	int other[2];

	ck_assert_int_eq(pipe(other), 0);
	ck_assert_int_eq(dup2(other[1], STDERR_FILENO), STDERR_FILENO);
	report();
	ck_assert_uint_eq(fake_kernel_count(SYS_write), 0);
}
END_TEST

START_TEST(test_a_standard_error_that_was_closed_stays_silent)
{
	close(STDERR_FILENO);
	report();
	ck_assert_uint_eq(fake_kernel_count(SYS_write), 0);
}
END_TEST

START_TEST(test_without_a_standard_error_at_the_start_it_stays_silent)
{
	int other[2];

	close(STDERR_FILENO);
	nsc_report_start();
	ck_assert_int_eq(pipe(other), 0);
	if (_i)
		ck_assert_int_eq(dup2(other[1], STDERR_FILENO), STDERR_FILENO);
	else
		close(STDERR_FILENO);
	report();
	ck_assert_uint_eq(fake_kernel_count(SYS_write), 0);
}
END_TEST

START_TEST(test_a_duplicate_of_the_same_file_is_still_standard_error)
{
	int copy = dup(STDERR_FILENO);

	close(STDERR_FILENO);
	ck_assert_int_eq(dup2(copy, STDERR_FILENO), STDERR_FILENO);
	report();
	ck_assert_str_ne(what_was_said(), "");
}
END_TEST

START_TEST(test_where_it_cannot_be_told_which_file_it_is_it_stays_silent)
{
	fake_kernel_return(SYS_statx, FAKE_EACH, -ENOSYS);
	nsc_report_start();
	report();
	ck_assert_uint_eq(fake_kernel_count(SYS_statx), 2);
	ck_assert_uint_eq(fake_kernel_count(SYS_write), 0);
}
END_TEST

static void fill(int fd)
{
	char filling[4096] = "";
	int flags = fcntl(fd, F_GETFL);

	fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	while (write(fd, filling, sizeof filling) > 0)
		;
	ck_assert_int_eq(errno, EAGAIN);
	fcntl(fd, F_SETFL, flags);
}

START_TEST(test_a_full_pipe_does_not_block)
{
	fill(STDERR_FILENO);
	report();
	ck_assert_uint_eq(fake_kernel_count(SYS_write), 0);
}
END_TEST

START_TEST(test_where_it_cannot_be_told_that_there_is_room_nothing_is_written)
{
	fake_kernel_return(_i ? SYS_ppoll : SYS_statx, 1, -ENOSYS);
	report();
	ck_assert_uint_eq(fake_kernel_count(SYS_write), 0);
}
END_TEST

START_TEST(test_a_standard_error_that_cannot_be_written_to_stays_silent)
{
	int other[2];

	ck_assert_int_eq(pipe(other), 0);
	ck_assert_int_eq(dup2(other[0], STDERR_FILENO), STDERR_FILENO);
	nsc_report_start();
	/* poll() now reports POLLHUP but no POLLOUT. */
	close(other[1]);
	fake_kernel_install();
	report();
	ck_assert_int_eq(fake_kernel_call(SYS_ppoll, 1)->result, 1);
	ck_assert_uint_eq(fake_kernel_count(SYS_write), 0);
}
END_TEST

START_TEST(test_a_broken_pipe_raises_no_signal)
{
	sigset_t pending, blocked;

	/* By default, SIGPIPE would end this process. */
	close(ends[0]);
	report();
	ck_assert_int_eq(fake_kernel_call(SYS_write, 1)->result, -EPIPE);
	sigfillset(&blocked);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	sigpending(&pending);
	ck_assert(!sigismember(&pending, SIGPIPE));
	report();
	sigpending(&pending);
	ck_assert(!sigismember(&pending, SIGPIPE));
}
END_TEST

/* If a sandbox forbids removing the pending signal, no line is written. */
START_TEST(test_where_a_signal_could_not_be_taken_away_nothing_is_written)
{
	static const int answers[] = {EPERM, ENOSYS};

	close(ends[0]);
	fake_kernel_return(SYS_rt_sigtimedwait, FAKE_EACH, -answers[_i]);
	report();
	ck_assert_uint_eq(fake_kernel_count(SYS_rt_sigtimedwait), 1);
	ck_assert_uint_eq(fake_kernel_count(SYS_write), 0);
}
END_TEST

START_TEST(test_a_pending_sigpipe_of_the_programs_is_kept)
{
	sigset_t pending, blocked;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGPIPE);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	if (_i)
		raise(SIGPIPE);
	else
		kill(getpid(), SIGPIPE);
	close(ends[0]);
	report();
	ck_assert_int_eq(fake_kernel_call(SYS_write, 1)->result, -EPIPE);
	sigpending(&pending);
	ck_assert(sigismember(&pending, SIGPIPE));
}
END_TEST

START_TEST(test_signals_are_let_in_again)
{
	unsigned long long before = kernel_signal_mask();

	report();
	ck_assert(kernel_signal_mask() == before);
}
END_TEST

Suite *suite_report_stderr(void)
{
	Suite *suite = suite_create("report_stderr");
	TCase *same = tcase_create("same"), *quiet = tcase_create("quiet");

	tcase_add_checked_fixture(same, log_to_stderr, NULL);
	tcase_add_test(same, test_a_line_goes_to_standard_error_in_one_write);
	tcase_add_test(same, test_nothing_goes_into_a_file_that_took_its_number);
	tcase_add_test(same, test_a_standard_error_that_was_closed_stays_silent);
	tcase_add_loop_test(same, test_without_a_standard_error_at_the_start_it_stays_silent, 0, 2);
	tcase_add_test(same, test_where_it_cannot_be_told_which_file_it_is_it_stays_silent);
	tcase_add_test(same, test_a_duplicate_of_the_same_file_is_still_standard_error);
	suite_add_tcase(suite, same);
	tcase_add_checked_fixture(quiet, log_to_stderr, NULL);
	tcase_add_test(quiet, test_a_full_pipe_does_not_block);
	tcase_add_loop_test(
		quiet, test_where_it_cannot_be_told_that_there_is_room_nothing_is_written, 0, 2);
	tcase_add_test(quiet, test_a_standard_error_that_cannot_be_written_to_stays_silent);
	tcase_add_test(quiet, test_a_broken_pipe_raises_no_signal);
	tcase_add_loop_test(quiet, test_where_a_signal_could_not_be_taken_away_nothing_is_written,
			    0, 2);
	tcase_add_loop_test(quiet, test_a_pending_sigpipe_of_the_programs_is_kept, 0, 2);
	tcase_add_test(quiet, test_signals_are_let_in_again);
	suite_add_tcase(suite, quiet);
	return suite;
}
