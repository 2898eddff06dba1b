/* SPDX-License-Identifier: MIT */
/* ephemeral.c: which ports the kernel may choose, and how often the core reads the range. */
#include "unit.h"

#include <errno.h>
#include <linux/magic.h>
#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>

#include "ephemeral.h"
#include "fake_clock.h"
#include "fake_kernel.h"
#include "fake_procfs.h"
#include "real.h"
#include "loopback.h"

enum { FD = 900 }; /* descriptors of /proc and of the range's file */

static long answer_read(const struct fake_call *call, void *text)
{
	ck_assert_int_eq(call->argument[0], FD);
	ck_assert_uint_le(strlen(text), (size_t)call->argument[2]);
	memcpy((void *)call->argument[1], text, strlen(text));
	return (long)strlen(text);
}

static void hold_range(char *text)
{
	fake_kernel_answer(SYS_read, FAKE_EACH, answer_read, text);
}

static void stop_the_clock(void)
{
	static char range[] = "32768\t60999\n";

	fake_clock_set(1000);
	fake_kernel_install();
	fake_kernel_return(SYS_openat, FAKE_EACH, FD);
	fake_kernel_return(SYS_close, FAKE_EACH, 0);
	fake_procfs_report(FAKE_EACH, true);
	hold_range(range);
}

static void assert_every_port(void)
{
	ck_assert(nsc_ephemeral(0));
	ck_assert(nsc_ephemeral(1));
	ck_assert(nsc_ephemeral(65535));
}

START_TEST(test_ports_within_the_range_are_ephemeral_its_ends_included)
{
	ck_assert(!nsc_ephemeral(32767));
	ck_assert(nsc_ephemeral(32768));
	ck_assert(nsc_ephemeral(60999));
	ck_assert(!nsc_ephemeral(61000));
	ck_assert(!nsc_ephemeral(0));
	ck_assert(!nsc_ephemeral(65535));
}
END_TEST

START_TEST(test_the_range_is_read_from_proc)
{
	nsc_ephemeral(1);
	ck_assert_str_eq((const char *)fake_kernel_call(SYS_openat, 1)->argument[1], "/proc");
	ck_assert_str_eq((const char *)fake_kernel_call(SYS_openat, 2)->argument[1],
			 "sys/net/ipv4/ip_local_port_range");
}
END_TEST

static char whole[][16] = {"1\t65535\n", "40000\t40000\n", "40000 40000"};

START_TEST(test_narrow_and_wide_ranges_are_understood)
{
	hold_range(whole[_i]);
	ck_assert(nsc_ephemeral(40000));
	ck_assert_int_eq(nsc_ephemeral(40001), _i == 0);
	ck_assert_int_eq(nsc_ephemeral(39999), _i == 0);
	ck_assert(!nsc_ephemeral(0));
}
END_TEST

static char nonsense[][32] = {"",
			      "\n",
			      "garbage\n",
			      "60999\t32768\n",
			      "1\t65536\n",
			      "70000\t80000\n",
			      "40000\n",
			      "0\t0\n",
			      "4294967297\t4294967298\n",
			      "-5\t-1\n"};

START_TEST(test_contents_that_are_no_range_mean_every_port)
{
	hold_range(nonsense[_i]);
	assert_every_port();
}
END_TEST

START_TEST(test_a_range_that_cannot_be_opened_means_every_port)
{
	fake_kernel_return(SYS_openat, FAKE_EACH, -ENOENT);
	assert_every_port();
	ck_assert_uint_eq(fake_kernel_count(SYS_read), 0);
	ck_assert_uint_eq(fake_kernel_count(SYS_close), 0);
}
END_TEST

START_TEST(test_a_range_on_another_file_system_means_every_port)
{
	fake_procfs_report(FAKE_EACH, false);
	assert_every_port();
	ck_assert_uint_eq(fake_kernel_count(SYS_read), 0);
}
END_TEST

START_TEST(test_a_range_that_cannot_be_read_means_every_port)
{
	fake_kernel_return(SYS_read, FAKE_EACH, -EIO);
	assert_every_port();
	ck_assert_uint_eq(fake_kernel_count(SYS_close), 2);
}
END_TEST

START_TEST(test_the_descriptors_are_closed_and_signals_are_let_in_again)
{
	unsigned long long before = kernel_signal_mask();

	nsc_ephemeral(1);
	ck_assert_uint_eq(fake_kernel_count(SYS_close), 2);
	ck_assert_int_eq(fake_kernel_call(SYS_close, 1)->argument[0], FD);
	ck_assert(kernel_signal_mask() == before);
}
END_TEST

START_TEST(test_it_is_read_once_in_a_second)
{
	for (unsigned i = 0; i < 1000; i++)
		nsc_ephemeral(i);
	ck_assert_uint_eq(fake_kernel_count(SYS_read), 1);
	fake_clock_set(1001);
	for (unsigned i = 0; i < 1000; i++)
		nsc_ephemeral(i);
	ck_assert_uint_eq(fake_kernel_count(SYS_read), 2);
}
END_TEST

START_TEST(test_a_range_that_cannot_be_read_is_not_tried_again_within_the_second)
{
	fake_kernel_return(SYS_openat, FAKE_EACH, -EACCES);
	for (unsigned i = 0; i < 1000; i++)
		nsc_ephemeral(i);
	ck_assert_uint_eq(fake_kernel_count(SYS_openat), 1);
}
END_TEST

START_TEST(test_a_change_is_followed_in_the_next_second)
{
	static char moved[] = "2000\t2001\n";

	ck_assert(!nsc_ephemeral(2000));
	hold_range(moved);
	ck_assert(!nsc_ephemeral(2000));
	fake_clock_set(1001);
	ck_assert(nsc_ephemeral(2000));
	ck_assert(!nsc_ephemeral(40000));
}
END_TEST

START_TEST(test_the_first_second_of_the_clock_is_one_like_any_other)
{
	fake_clock_set(0);
	ck_assert(!nsc_ephemeral(1));
	ck_assert(!nsc_ephemeral(1));
	ck_assert_uint_eq(fake_kernel_count(SYS_read), 1);
}
END_TEST

START_TEST(test_without_a_clock_the_range_is_read_each_time)
{
	fake_clock_set(-1);
	for (int i = 0; i < 3; i++)
		ck_assert(!nsc_ephemeral(1));
	ck_assert_uint_eq(fake_kernel_count(SYS_read), 3);
}
END_TEST

static _Thread_local unsigned times_read;

/*
 * Answers with two ranges in turn. It does not use fake_kernel.c, which supports one thread only.
 */
static long alternate(long number, long fd, long text, long length, long d, long e, long f)
{
	static const char *const ranges[] = {"2000\t3000\n", "50000\t60000\n"};
	const char *range = ranges[times_read % 2];

	(void)d, (void)e, (void)f;
	if (number == FAKE_STATFS)
		fake_procfs_fill((const long[]){fd, text, length}, PROC_SUPER_MAGIC);
	if (number != SYS_read)
		return 0;
	times_read++;
	memcpy((void *)text, range, strlen(range));
	return (long)strlen(range);
}

static void *ask_between_both(void *begin)
{
	void *torn = NULL;

	pthread_barrier_wait(begin);
	for (unsigned i = 0; i < 500000; i++)
		if (nsc_ephemeral(30000))
			torn = begin;
	return torn;
}

/* Either every thread reads the range each time, or only the first one in each second. */
START_TEST(test_no_thread_sees_one_end_of_a_range_and_the_other_end_of_another)
{
	pthread_barrier_t begin;
	pthread_t threads[2];

	fake_clock_set(_i ? 1000 : -1);
	nsc_real.syscall = alternate;
	pthread_barrier_init(&begin, NULL, 2);
	for (unsigned i = 0; i < 2; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, ask_between_both, &begin), 0);
	for (unsigned i = 0; i < 2; i++) {
		void *torn;

		ck_assert_int_eq(pthread_join(threads[i], &torn), 0);
		ck_assert_ptr_null(torn);
	}
	fake_clock_set(1001);
	ck_assert(nsc_ephemeral(2500));
	fake_clock_set(1002);
	ck_assert(nsc_ephemeral(55000));
}
END_TEST

Suite *suite_ephemeral(void)
{
	Suite *suite = suite_create("ephemeral");
	TCase *range = tcase_create("range"), *second = tcase_create("second"),
	      *threads = tcase_create("threads");

	tcase_add_checked_fixture(range, stop_the_clock, NULL);
	tcase_add_test(range, test_ports_within_the_range_are_ephemeral_its_ends_included);
	tcase_add_test(range, test_the_range_is_read_from_proc);
	tcase_add_loop_test(range, test_narrow_and_wide_ranges_are_understood, 0,
			    (int)(sizeof whole / sizeof *whole));
	tcase_add_loop_test(range, test_contents_that_are_no_range_mean_every_port, 0,
			    (int)(sizeof nonsense / sizeof *nonsense));
	tcase_add_test(range, test_a_range_that_cannot_be_opened_means_every_port);
	tcase_add_test(range, test_a_range_on_another_file_system_means_every_port);
	tcase_add_test(range, test_a_range_that_cannot_be_read_means_every_port);
	tcase_add_test(range, test_the_descriptors_are_closed_and_signals_are_let_in_again);
	suite_add_tcase(suite, range);
	tcase_add_checked_fixture(second, stop_the_clock, NULL);
	tcase_add_test(second, test_it_is_read_once_in_a_second);
	tcase_add_test(second,
		       test_a_range_that_cannot_be_read_is_not_tried_again_within_the_second);
	tcase_add_test(second, test_a_change_is_followed_in_the_next_second);
	tcase_add_test(second, test_the_first_second_of_the_clock_is_one_like_any_other);
	tcase_add_test(second, test_without_a_clock_the_range_is_read_each_time);
	suite_add_tcase(suite, second);
	tcase_add_loop_test(
		threads, test_no_thread_sees_one_end_of_a_range_and_the_other_end_of_another, 0, 2);
	suite_add_tcase(suite, threads);
	return suite;
}
