/* SPDX-License-Identifier: MIT */
/* report.c and report_settings.c: mistakes in the settings, and lines that were left out. */
#include "unit.h"

#include <errno.h>
#include <string.h>

#include "fake_clock.h"
#include "fake_kernel.h"
#include "loopback.h"
#include "report.h"
#include "report_setup.h"

static char written[8192];
static struct nsc_in_force in_force;

static long answer_write(const struct fake_call *call, void *unused)
{
	(void)unused;
	strncat(written, (const char *)call->argument[1], (size_t)call->argument[2]);
	return call->argument[2];
}

static void set_up(void)
{
	strcpy(nsc_log_path, "/dev/null");
	report_setup(NSC_LOG_FILE);
	fake_clock_set(1000);
	fake_kernel_answer(SYS_write, FAKE_EACH, answer_write, NULL);
	in_force = (struct nsc_in_force){.settings = nsc_settings};
}

/* The lines of one more repair. */
static const char *report_one(void)
{
	union nsc_address both = loopback_address("127.0.0.1", 40000);
	struct nsc_event event = {5, 1, &both, "replace", &in_force, -ECONNREFUSED, false};

	*written = '\0';
	nsc_report_repair(&event);
	return written;
}

static bool has(const char *lines, const char *text)
{
	return strstr(lines, text) != NULL;
}

START_TEST(test_the_first_mistake_in_the_file_is_told_once)
{
	in_force.mistakes = 3;
	in_force.line = 12;
	in_force.reason = NSC_CONFIG_NO_VALUE;
	in_force.setting = NSC_SETTING_GIVE_UP;
	report_one();
	ck_assert(has(written, " outcome=refused\ntime="));
	ck_assert(has(written, " file=/etc/noselfconn.conf line=12 mistakes=3 "
			       "error=\"the value is not relent or refuse\"\n"));
	ck_assert(!has(report_one(), "mistakes="));
	in_force.line = 13;
	in_force.reason = NSC_CONFIG_NO_KEY;
	ck_assert(has(report_one(), " line=13 mistakes=3 error=\"unknown key\"\n"));
	in_force = (struct nsc_in_force){.settings = nsc_settings};
	ck_assert(!has(report_one(), "error="));
}
END_TEST

START_TEST(test_a_file_that_is_ignored_is_told)
{
	in_force.mistakes = 1;
	in_force.reason = NSC_CONFIG_NOT_ROOTS;
	ck_assert(has(report_one(), " file=/etc/noselfconn.conf mistakes=1 "
				    "error=\"not owned by root; the file is ignored\"\n"));
	ck_assert(!has(report_one(), "error="));
}
END_TEST

START_TEST(test_a_bad_variable_is_told_when_the_file_names_a_log)
{
	nsc_settings.misunderstood = 1 << NSC_SETTING_RETRIES;
	ck_assert(has(report_one(), " setting=NOSELFCONN_RETRIES error=\"is not a whole number"));
	ck_assert(!has(report_one(), "setting="));
}
END_TEST

START_TEST(test_a_bad_variable_is_told_at_a_repair_if_the_log_did_not_open_before)
{
	nsc_settings.misunderstood = 1 << NSC_SETTING_RETRIES;
	fake_kernel_return(SYS_openat, 1, -EACCES);
	nsc_report_start();
	ck_assert_str_eq(written, "");
	ck_assert(has(report_one(), " setting=NOSELFCONN_RETRIES "));
}
END_TEST

START_TEST(test_the_log_does_not_flood)
{
	for (int i = 0; i < 10; i++)
		ck_assert(has(report_one(), " outcome=refused\n"));
	for (int i = 0; i < 90; i++)
		ck_assert_str_eq(report_one(), "");
	ck_assert_uint_eq(fake_kernel_count(SYS_openat), 10);
	fake_clock_set(1001);
	ck_assert(has(report_one(), " outcome=refused left_out=90\n"));
	ck_assert(has(report_one(), " outcome=refused\n"));
}
END_TEST

START_TEST(test_a_line_that_is_lost_was_left_out)
{
	fake_kernel_return(SYS_write, 1, -ENOSPC);
	fake_kernel_return(SYS_write, 2, 5);
	ck_assert_str_eq(report_one(), "");
	report_one();
	fake_kernel_return(SYS_openat, 3, -EACCES);
	report_one();
	ck_assert(has(report_one(), " outcome=refused left_out=3\n"));
}
END_TEST

Suite *suite_report_settings(void)
{
	Suite *suite = suite_create("report_settings");
	TCase *tcase = tcase_create("lines");

	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_test(tcase, test_the_first_mistake_in_the_file_is_told_once);
	tcase_add_test(tcase, test_a_file_that_is_ignored_is_told);
	tcase_add_test(tcase, test_a_bad_variable_is_told_when_the_file_names_a_log);
	tcase_add_test(tcase,
		       test_a_bad_variable_is_told_at_a_repair_if_the_log_did_not_open_before);
	tcase_add_test(tcase, test_the_log_does_not_flood);
	tcase_add_test(tcase, test_a_line_that_is_lost_was_left_out);
	suite_add_tcase(suite, tcase);
	return suite;
}
