/* SPDX-License-Identifier: MIT */
/* guard.c: what noselfconn.conf changes in a guarded call. */
#include "unit.h"

#include <errno.h>

#include "fake_config.h"
#include "fake_kernel.h"
#include "guard_script.h"
#include "prevent.h"

static const struct step always_itself[] = {{0, true, 0}};

/* The log is off: it would be a file of the real kernel. */
static void install(const char *config)
{
	script_install();
	fake_config_install(config);
	nsc_settings.log = NSC_LOG_OFF;
	nsc_settings.given |= 1 << NSC_SETTING_METHOD;
}

START_TEST(test_disable_leaves_the_self_connection)
{
	install("disable = 1\n");
	ck_assert_int_eq(script_run(always_itself, 1), 0);
	ck_assert_int_eq(errno, SCRIPT_ERRNO);
	ck_assert_uint_eq(script.made, 1);
	ck_assert_uint_eq(fake_kernel_count(SYS_connect), 0);
	ck_assert_uint_eq(fake_kernel_count(SYS_socket), 0);
}
END_TEST

START_TEST(test_disable_does_not_leave_one_that_only_a_retry_made)
{
	static const struct step steps[] = {{-EADDRNOTAVAIL, false, 0}, {0, true, 0}};

	install("disable = 1\n");
	ck_assert_int_eq(script_run(steps, 2), -1);
	ck_assert_int_eq(errno, EADDRNOTAVAIL);
	ck_assert_uint_eq(script.made, 2);
	ck_assert_uint_eq(fake_kernel_count(SYS_connect), 1);
}
END_TEST

START_TEST(test_the_retries_and_give_up_of_the_file_count)
{
	install("retries = 4\ngive_up = refuse\n");
	ck_assert_int_eq(script_run(always_itself, 1), -1);
	ck_assert_int_eq(errno, ECONNREFUSED);
	ck_assert_uint_eq(script.made, 5);
	ck_assert_int_eq(fake_config.opened, 1);
	ck_assert_int_eq(fake_config.closed, 1);
}
END_TEST

START_TEST(test_without_a_self_connection_the_file_is_not_looked_at)
{
	static const struct step others[] = {{0, false, 40001}};

	install("disable = 1\n");
	ck_assert_int_eq(script_run(others, 1), 0);
	ck_assert_uint_eq(fake_kernel_count(SYS_statx), 0);
	ck_assert_int_eq(fake_config.opened, 0);
}
END_TEST

START_TEST(test_prevent_in_the_file_counts_from_the_first_repair_on)
{
	install("method = prevent\n");
	nsc_settings.given = 0;
	script_run(always_itself, 1);
	ck_assert(nsc_prevents);
	fake_config_install("method = prevent\ndisable = 1\n");
	script_run(always_itself, 1);
	ck_assert(!nsc_prevents);
	fake_config_install("method = prevent\n");
	script_run(always_itself, 1);
	ck_assert(nsc_prevents);
	fake_config_install("");
	script_run(always_itself, 1);
	ck_assert(!nsc_prevents);
}
END_TEST

Suite *suite_guard_settings(void)
{
	Suite *suite = suite_create("guard_settings");
	TCase *tcase = tcase_create("file");

	tcase_add_test(tcase, test_disable_leaves_the_self_connection);
	tcase_add_test(tcase, test_disable_does_not_leave_one_that_only_a_retry_made);
	tcase_add_test(tcase, test_the_retries_and_give_up_of_the_file_count);
	tcase_add_test(tcase, test_without_a_self_connection_the_file_is_not_looked_at);
	tcase_add_test(tcase, test_prevent_in_the_file_counts_from_the_first_repair_on);
	suite_add_tcase(suite, tcase);
	return suite;
}
