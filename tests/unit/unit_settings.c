/* SPDX-License-Identifier: MIT */
/* settings.c: what the environment sets, and which settings are not understood. */
#include "unit.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "settings.h"

static const struct nsc_settings defaults = {.retries = 2};

static void read_variable(const char *variable)
{
	char copy[1024], *environment[] = {copy, NULL};

	snprintf(copy, sizeof copy, "%s", variable);
	nsc_settings = defaults;
	*nsc_log_path = '\0';
	nsc_settings_read(environment);
	/* Programs overwrite their environment with their title. */
	memset(copy, 'x', sizeof copy);
}

static void assert_defaults(unsigned misunderstood)
{
	ck_assert_uint_eq(nsc_settings.misunderstood, misunderstood);
	ck_assert_uint_eq(nsc_settings.given & misunderstood, 0);
	ck_assert(!nsc_settings.disabled);
	ck_assert_uint_eq(nsc_settings.retries, 2);
	ck_assert_int_eq(nsc_settings.method, NSC_METHOD_AUTO);
	ck_assert_int_eq(nsc_settings.give_up, NSC_GIVE_UP_RELENT);
	ck_assert_int_eq(nsc_settings.log, NSC_LOG_OFF);
	ck_assert_str_eq(nsc_log_path, "");
}

START_TEST(test_without_an_environment_the_defaults_hold)
{
	char *empty[] = {NULL};

	assert_defaults(0);
	nsc_settings_read(NULL);
	assert_defaults(0);
	nsc_settings_read(empty);
	assert_defaults(0);
}
END_TEST

START_TEST(test_disable_takes_0_and_1)
{
	read_variable("NOSELFCONN_DISABLE=1");
	ck_assert(nsc_settings.disabled);
	read_variable("NOSELFCONN_DISABLE=0");
	assert_defaults(0);
}
END_TEST

START_TEST(test_retries_take_whole_numbers_from_0_to_100)
{
	static const unsigned numbers[] = {0, 1, 3, 99, 100};

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		char variable[64];

		snprintf(variable, sizeof variable, "NOSELFCONN_RETRIES=%u", numbers[i]);
		read_variable(variable);
		ck_assert_uint_eq(nsc_settings.retries, numbers[i]);
		ck_assert_uint_eq(nsc_settings.misunderstood, 0);
	}
}
END_TEST

START_TEST(test_method_takes_each_of_its_words)
{
	read_variable("NOSELFCONN_METHOD=replace");
	ck_assert_int_eq(nsc_settings.method, NSC_METHOD_REPLACE);
	read_variable("NOSELFCONN_METHOD=rewind");
	ck_assert_int_eq(nsc_settings.method, NSC_METHOD_REWIND);
	nsc_settings.method = NSC_METHOD_REWIND;
	read_variable("NOSELFCONN_METHOD=auto");
	assert_defaults(0);
}
END_TEST

START_TEST(test_give_up_takes_each_of_its_words)
{
	read_variable("NOSELFCONN_GIVE_UP=refuse");
	ck_assert_int_eq(nsc_settings.give_up, NSC_GIVE_UP_REFUSE);
	read_variable("NOSELFCONN_GIVE_UP=relent");
	assert_defaults(0);
}
END_TEST

START_TEST(test_log_takes_off_stderr_syslog_and_an_absolute_path)
{
	read_variable("NOSELFCONN_LOG=stderr");
	ck_assert_int_eq(nsc_settings.log, NSC_LOG_STDERR);
	read_variable("NOSELFCONN_LOG=syslog");
	ck_assert_int_eq(nsc_settings.log, NSC_LOG_SYSLOG);
	read_variable("NOSELFCONN_LOG=/var/log/noselfconn.log");
	ck_assert_int_eq(nsc_settings.log, NSC_LOG_FILE);
	ck_assert_str_eq(nsc_log_path, "/var/log/noselfconn.log");
	read_variable("NOSELFCONN_LOG=off");
	assert_defaults(0);
}
END_TEST

START_TEST(test_a_log_path_of_511_bytes_fits_and_a_longer_one_is_refused)
{
	char variable[600] = "NOSELFCONN_LOG=/", *path = strchr(variable, '/');

	memset(path + 1, 'p', 510);
	read_variable(variable);
	ck_assert_int_eq(nsc_settings.log, NSC_LOG_FILE);
	ck_assert_str_eq(nsc_log_path, path);
	path[511] = 'p';
	read_variable(variable);
	assert_defaults(1u << NSC_SETTING_LOG);
}
END_TEST

static const struct {
	const char *variable;
	enum nsc_setting setting;
} bad[] = {
	{"NOSELFCONN_DISABLE=2", NSC_SETTING_DISABLE},
	{"NOSELFCONN_DISABLE=yes", NSC_SETTING_DISABLE},
	{"NOSELFCONN_DISABLE=01", NSC_SETTING_DISABLE},
	{"NOSELFCONN_RETRIES=101", NSC_SETTING_RETRIES},
	{"NOSELFCONN_RETRIES=-1", NSC_SETTING_RETRIES},
	{"NOSELFCONN_RETRIES=+1", NSC_SETTING_RETRIES},
	{"NOSELFCONN_RETRIES= 1", NSC_SETTING_RETRIES},
	{"NOSELFCONN_RETRIES=1 ", NSC_SETTING_RETRIES},
	{"NOSELFCONN_RETRIES=1.5", NSC_SETTING_RETRIES},
	{"NOSELFCONN_RETRIES=0x1", NSC_SETTING_RETRIES},
	{"NOSELFCONN_RETRIES=many", NSC_SETTING_RETRIES},
	{"NOSELFCONN_RETRIES=4294967297", NSC_SETTING_RETRIES}, /* would overflow to 1 */
	{"NOSELFCONN_METHOD=Rewind", NSC_SETTING_METHOD},
	{"NOSELFCONN_METHOD=rewin", NSC_SETTING_METHOD},
	{"NOSELFCONN_METHOD=replaced", NSC_SETTING_METHOD},
	{"NOSELFCONN_GIVE_UP=yes", NSC_SETTING_GIVE_UP},
	{"NOSELFCONN_GIVE_UP=refuse ", NSC_SETTING_GIVE_UP},
	{"NOSELFCONN_LOG=1", NSC_SETTING_LOG},
	{"NOSELFCONN_LOG=relative/path", NSC_SETTING_LOG},
	{"NOSELFCONN_LOG=Stderr", NSC_SETTING_LOG},
};

START_TEST(test_a_bad_value_leaves_the_default_and_is_remembered)
{
	read_variable(bad[_i].variable);
	assert_defaults(1u << bad[_i].setting);
}
END_TEST

START_TEST(test_an_empty_value_counts_as_not_set)
{
	for (int i = 0; i < NSC_SETTINGS; i++) {
		char variable[64];

		snprintf(variable, sizeof variable, "%s=", nsc_setting_name((enum nsc_setting)i));
		read_variable(variable);
		assert_defaults(0);
	}
}
END_TEST

START_TEST(test_names_that_are_almost_ours_are_left_alone)
{
	static const char *const variables[] = {"NOSELFCONN_RETRIESX=5", "NOSELFCONN_RETRIES",
						"NOSELFCONN_=1",         "XNOSELFCONN_DISABLE=1",
						"noselfconn_disable=1",  "NOSELFCONN_LO=/x"};

	for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
		read_variable(variables[i]);
		assert_defaults(0);
	}
}
END_TEST

START_TEST(test_all_settings_are_read_from_one_environment)
{
	char path[] = "PATH=/bin", disable[] = "NOSELFCONN_DISABLE=1",
	     retries[] = "NOSELFCONN_RETRIES=7", method[] = "NOSELFCONN_METHOD=nonsense",
	     give_up[] = "NOSELFCONN_GIVE_UP=refuse", log[] = "NOSELFCONN_LOG=nowhere";
	char *environment[] = {path, disable, method, retries, give_up, log, NULL};

	nsc_settings_read(environment);
	ck_assert(nsc_settings.disabled);
	ck_assert_uint_eq(nsc_settings.retries, 7);
	ck_assert_int_eq(nsc_settings.give_up, NSC_GIVE_UP_REFUSE);
	ck_assert_uint_eq(nsc_settings.misunderstood,
			  1u << NSC_SETTING_METHOD | 1u << NSC_SETTING_LOG);
	ck_assert_uint_eq(nsc_settings.given, 1u << NSC_SETTING_DISABLE |
						      1u << NSC_SETTING_RETRIES |
						      1u << NSC_SETTING_GIVE_UP);
}
END_TEST

START_TEST(test_names_and_values_can_be_told)
{
	ck_assert_str_eq(nsc_setting_name(NSC_SETTING_GIVE_UP), "NOSELFCONN_GIVE_UP");
	ck_assert_str_eq(nsc_setting_values(NSC_SETTING_GIVE_UP), "relent or refuse");
	ck_assert_ptr_nonnull(strstr(nsc_setting_values(NSC_SETTING_LOG), "511 bytes"));
}
END_TEST

Suite *suite_settings(void)
{
	Suite *suite = suite_create("settings");
	TCase *taken = tcase_create("taken"), *refused = tcase_create("refused");

	tcase_add_test(taken, test_without_an_environment_the_defaults_hold);
	tcase_add_test(taken, test_disable_takes_0_and_1);
	tcase_add_test(taken, test_retries_take_whole_numbers_from_0_to_100);
	tcase_add_test(taken, test_method_takes_each_of_its_words);
	tcase_add_test(taken, test_give_up_takes_each_of_its_words);
	tcase_add_test(taken, test_log_takes_off_stderr_syslog_and_an_absolute_path);
	tcase_add_test(taken, test_all_settings_are_read_from_one_environment);
	tcase_add_test(taken, test_names_and_values_can_be_told);
	suite_add_tcase(suite, taken);
	tcase_add_test(refused, test_a_log_path_of_511_bytes_fits_and_a_longer_one_is_refused);
	tcase_add_loop_test(refused, test_a_bad_value_leaves_the_default_and_is_remembered, 0,
			    (int)(sizeof bad / sizeof *bad));
	tcase_add_test(refused, test_an_empty_value_counts_as_not_set);
	tcase_add_test(refused, test_names_that_are_almost_ours_are_left_alone);
	suite_add_tcase(suite, refused);
	return suite;
}
