/* SPDX-License-Identifier: MIT */
/* log_limit.c: ten lines in a second, and the count of the others. */
#include "unit.h"

#include "fake_clock.h"
#include "log_limit.h"

enum { PID = 71 };

static unsigned allowed_of(unsigned lines)
{
	unsigned allowed = 0;

	for (unsigned i = 0; i < lines; i++)
		allowed += nsc_log_limit_allows(PID);
	return allowed;
}

START_TEST(test_ten_lines_a_second_are_allowed)
{
	/* The last two differ in bits that are not kept. */
	static const time_t seconds[] = {1, 2, 3, 1000, 0xffffff, 0x1000000, 0x2000000 - 1};

	for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++) {
		fake_clock_set(seconds[i]);
		ck_assert_uint_eq(allowed_of(4), 4);
		ck_assert_uint_eq(allowed_of(300), 6);
		ck_assert_uint_eq(allowed_of(1), 0);
	}
}
END_TEST

START_TEST(test_the_first_second_counts)
{
	fake_clock_set(0);
	ck_assert_uint_eq(allowed_of(300), 10);
}
END_TEST

START_TEST(test_without_a_clock_there_is_no_limit)
{
	fake_clock_set(-1);
	ck_assert_uint_eq(allowed_of(300), 300);
}
END_TEST

START_TEST(test_what_is_left_out_is_told_once)
{
	fake_clock_set(1);
	ck_assert_uint_eq(allowed_of(1), 1);
	nsc_log_limit_leave_out(3);
	nsc_log_limit_leave_out(1);
	ck_assert_uint_eq(nsc_log_limit_left_out(), 4);
	ck_assert_uint_eq(nsc_log_limit_left_out(), 0);
}
END_TEST

START_TEST(test_a_child_begins_at_zero)
{
	fake_clock_set(1);
	ck_assert_uint_eq(allowed_of(300), 10);
	nsc_log_limit_leave_out(290);
	ck_assert(nsc_log_limit_allows(PID + 1));
	ck_assert_uint_eq(nsc_log_limit_left_out(), 0);
}
END_TEST

Suite *suite_log_limit(void)
{
	Suite *suite = suite_create("log_limit");
	TCase *tcase = tcase_create("limit");

	tcase_add_test(tcase, test_ten_lines_a_second_are_allowed);
	tcase_add_test(tcase, test_the_first_second_counts);
	tcase_add_test(tcase, test_without_a_clock_there_is_no_limit);
	tcase_add_test(tcase, test_what_is_left_out_is_told_once);
	tcase_add_test(tcase, test_a_child_begins_at_zero);
	suite_add_tcase(suite, tcase);
	return suite;
}
