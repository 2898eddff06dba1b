/* SPDX-License-Identifier: MIT */
/* in_force.c and log.c: the log that noselfconn.conf names. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "descriptors.h"
#include "fake_config.h"
#include "fake_kernel.h"
#include "log.h"

static char directory[] = "/tmp/noselfconn-XXXXXX", own[128], text[2048];
static const char *path = own;
static struct nsc_in_force in_force;

static void set_up(void)
{
	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(own, sizeof own, "%s/log", directory);
	fake_kernel_install();
}

static void tear_down(void)
{
	unlink(own);
	rmdir(directory);
	fake_config_secure(0);
}

/* A file that names the log behind so many bytes of a comment. */
static void read_config(unsigned behind)
{
	memset(text, '#', behind);
	snprintf(text + behind, sizeof text - behind, "\nlog = %s  \nretries = 1\n", path);
	fake_config_install(text);
	nsc_in_force_read(&in_force);
	ck_assert_int_eq(in_force.settings.log, NSC_LOG_FILE);
	ck_assert_uint_eq(in_force.log_size, strlen(path));
}

static void open_log(bool opens)
{
	int before = open_descriptors(), fd = nsc_log_open(&in_force);

	ck_assert_int_eq(fd >= 0, opens);
	ck_assert_int_eq(fake_config.opened, fake_config.closed);
	if (opens)
		nsc_log_close(fd, &in_force);
	ck_assert_int_eq(open_descriptors(), before);
}

START_TEST(test_the_log_of_the_file_is_opened_wherever_its_line_is)
{
	static const unsigned behind[] = {0, 1, 40, 254, 255, 256, 257, 1000};
	const long must = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK;

	for (size_t i = 0; i < sizeof behind / sizeof *behind; i++)
		for (size_t piece = 1; piece < 400; piece += 99) {
			fake_kernel_install();
			read_config(behind[i]);
			fake_config.piece = piece;
			open_log(true);
			ck_assert_str_eq(fake_config.log, path);
			ck_assert_int_eq(fake_config.flags & must, must);
		}
}
END_TEST

START_TEST(test_a_file_that_has_changed_since_opens_no_log)
{
	read_config(10);
	*strstr(text, "/log") = '-';
	open_log(false);
	ck_assert_ptr_null(fake_config.log);
	fake_kernel_install();
	read_config(10);
	fake_config.size = 20;
	open_log(false);
	ck_assert_ptr_null(fake_config.log);
	read_config(10);
	fake_config.owner = 1000;
	open_log(false);
	read_config(10);
	fake_config.text = NULL;
	open_log(false);
	ck_assert_ptr_null(fake_config.log);
}
END_TEST

START_TEST(test_a_later_line_without_a_path_counts_alone)
{
	fake_config_install("log = /nowhere\nlog = off\n");
	nsc_in_force_read(&in_force);
	ck_assert_int_eq(in_force.settings.log, NSC_LOG_OFF);
	ck_assert_uint_eq(in_force.log_size, 0);
}
END_TEST

START_TEST(test_with_raised_privileges_only_a_plain_file_is_a_log)
{
	char other[160];

	fake_config_secure(1);
	read_config(0);
	open_log(true);
	snprintf(other, sizeof other, "%s/other", directory);
	ck_assert_int_eq(link(path, other), 0);
	open_log(false);
	fake_config_secure(0);
	open_log(true);
	ck_assert_int_eq(unlink(other), 0);
	fake_config_secure(1);
	open_log(true);
	fake_kernel_return(SYS_statx, fake_kernel_count(SYS_statx) + 3, -EPERM);
	open_log(false);
	path = "/dev/full";
	fake_kernel_install();
	read_config(0);
	open_log(false);
	fake_config_secure(0);
	open_log(true);
}
END_TEST

Suite *suite_in_force_log(void)
{
	Suite *suite = suite_create("in_force_log");
	TCase *tcase = tcase_create("log");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, test_the_log_of_the_file_is_opened_wherever_its_line_is);
	tcase_add_test(tcase, test_a_file_that_has_changed_since_opens_no_log);
	tcase_add_test(tcase, test_a_later_line_without_a_path_counts_alone);
	tcase_add_test(tcase, test_with_raised_privileges_only_a_plain_file_is_a_log);
	suite_add_tcase(suite, tcase);
	return suite;
}
