/* SPDX-License-Identifier: MIT */
/* in_force.c: what of noselfconn.conf and of the environment is in force for a repair. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "descriptors.h"
#include "fake_config.h"
#include "fake_kernel.h"
#include "fake_procfs.h"
#include "in_force.h"

static struct nsc_in_force in_force;

static void install(const char *text)
{
	fake_kernel_install();
	fake_config_install(text);
}

static void read_config(const char *text)
{
	install(text);
	nsc_in_force_read(&in_force);
	ck_assert_int_eq(fake_config.opened, fake_config.closed);
}

static void assert_defaults(void)
{
	ck_assert(!in_force.settings.disabled);
	ck_assert_uint_eq(in_force.settings.retries, 2);
	ck_assert_int_eq(in_force.settings.method, NSC_METHOD_AUTO);
	ck_assert_int_eq(in_force.settings.give_up, NSC_GIVE_UP_RELENT);
	ck_assert_int_eq(in_force.settings.log, NSC_LOG_OFF);
	ck_assert_uint_eq(in_force.log_size, 0);
}

static void assert_ignored(enum nsc_config_reason reason)
{
	assert_defaults();
	ck_assert_uint_eq(in_force.mistakes, 1);
	ck_assert_uint_eq(in_force.line, 0);
	ck_assert_int_eq(in_force.reason, reason);
}

START_TEST(test_without_a_file_one_look_is_all)
{
	read_config(NULL);
	assert_defaults();
	ck_assert_uint_eq(in_force.mistakes, 0);
	ck_assert_uint_eq(fake_kernel_count(SYS_statx), 1);
	ck_assert_uint_eq(fake_kernel_count(SYS_rt_sigprocmask), 2);
	ck_assert_uint_eq(fake_kernel_count(FAKE_ANY), 3);
	install("retries = 1\n");
	fake_kernel_return(SYS_statx, 1, -ENOTDIR);
	nsc_in_force_read(&in_force);
	assert_defaults();
	ck_assert_uint_eq(in_force.mistakes, 0);
}
END_TEST

START_TEST(test_each_key_of_the_file_counts)
{
	read_config("retries = 7\nmethod = rewind\ngive_up = refuse\nlog = syslog\n");
	ck_assert_uint_eq(in_force.settings.retries, 7);
	ck_assert_int_eq(in_force.settings.method, NSC_METHOD_REWIND);
	ck_assert_int_eq(in_force.settings.give_up, NSC_GIVE_UP_REFUSE);
	ck_assert_int_eq(in_force.settings.log, NSC_LOG_SYSLOG);
	ck_assert_uint_eq(in_force.mistakes, 0);
	/* The environment's are as they were. */
	ck_assert_uint_eq(nsc_settings.retries, 2);
}
END_TEST

START_TEST(test_the_environment_overrides_the_file_key_by_key)
{
	char *environment[] = {(char[]){"NOSELFCONN_RETRIES=3"}, (char[]){"NOSELFCONN_LOG=stderr"},
			       (char[]){"NOSELFCONN_METHOD="},
			       (char[]){"NOSELFCONN_GIVE_UP=nonsense"}, NULL};

	nsc_settings_read(environment);
	read_config("retries = 7\nlog = /log\nmethod = rewind\ngive_up = refuse\n");
	ck_assert_uint_eq(in_force.settings.retries, 3);
	ck_assert_int_eq(in_force.settings.log, NSC_LOG_STDERR);
	ck_assert_uint_eq(in_force.log_size, 0);
	/* An empty and an invalid variable count as not set. */
	ck_assert_int_eq(in_force.settings.method, NSC_METHOD_REWIND);
	ck_assert_int_eq(in_force.settings.give_up, NSC_GIVE_UP_REFUSE);
}
END_TEST

START_TEST(test_disable_in_the_file_means_no_retry_and_no_log)
{
	read_config("disable = 1\nretries = 7\ngive_up = refuse\nlog = syslog\n");
	ck_assert(in_force.settings.disabled);
	ck_assert_uint_eq(in_force.settings.retries, 0);
	ck_assert_int_eq(in_force.settings.give_up, NSC_GIVE_UP_RELENT);
	ck_assert_int_eq(in_force.settings.log, NSC_LOG_OFF);
}
END_TEST

/* A file with a section for PROGRAM. */
static const char *with_section(const char *program)
{
	static char text[8192];

	snprintf(text, sizeof text,
		 "retries = 4\n[program %s]\nretries = 5\n[program x]\nretries = 6\n", program);
	return text;
}

/* By a descriptor, as the shim does. valgrind answers for "/proc/self/exe" itself. */
static const char *executable_path(void)
{
	static char path[4096];
	int proc = open("/proc", O_PATH | O_CLOEXEC);
	ssize_t size = readlinkat(proc, "self/exe", path, sizeof path - 1);

	close(proc);
	ck_assert_int_gt(size, 0);
	path[size] = '\0';
	return path;
}

START_TEST(test_a_section_for_this_program_counts)
{
	read_config(with_section(program_invocation_short_name));
	ck_assert_uint_eq(in_force.settings.retries, 5);
	read_config(with_section(executable_path()));
	ck_assert_uint_eq(in_force.settings.retries, 5);
}
END_TEST

START_TEST(test_a_section_for_another_program_does_not)
{
	char longer[4100];

	snprintf(longer, sizeof longer, "%sx", executable_path());
	read_config(with_section("unit-of-others"));
	ck_assert_uint_eq(in_force.settings.retries, 4);
	read_config(with_section(longer));
	ck_assert_uint_eq(in_force.settings.retries, 4);
	ck_assert_uint_eq(in_force.mistakes, 0);
}
END_TEST

START_TEST(test_without_procfs_no_section_with_a_path_is_for_this_program)
{
	const char *text = with_section(executable_path());

	/* Started by its whole path, the test would be recognised by that. */
	*(char *)getauxval(AT_EXECFN) = '?';
	install(text);
	fake_procfs_report(FAKE_EACH, false);
	nsc_in_force_read(&in_force);
	ck_assert_uint_eq(in_force.settings.retries, 4);
	install(text);
	fake_kernel_return(SYS_readlinkat, FAKE_EACH, -EACCES);
	nsc_in_force_read(&in_force);
	ck_assert_uint_eq(in_force.settings.retries, 4);
}
END_TEST

START_TEST(test_the_first_mistake_is_kept_and_all_are_counted)
{
	read_config("retries = 3\nlog = nowhere\nnonsense\n[program other]\nretries = many\n");
	ck_assert_uint_eq(in_force.settings.retries, 3);
	ck_assert_uint_eq(in_force.mistakes, 3);
	ck_assert_uint_eq(in_force.line, 2);
	ck_assert_int_eq(in_force.reason, NSC_CONFIG_NO_VALUE);
	ck_assert_int_eq(in_force.setting, NSC_SETTING_LOG);
}
END_TEST

static const struct {
	unsigned mode, owner;
	size_t size;
	enum nsc_config_reason reason;
} files[] = {
	{S_IFREG | 0666, 0, 12, NSC_CONFIG_WRITABLE},
	{S_IFREG | 0644, 1000, 12, NSC_CONFIG_NOT_ROOTS},
	{S_IFREG | 0644, 65534, 12, NSC_CONFIG_NOT_ROOTS},
	{S_IFIFO | 0644, 0, 0, NSC_CONFIG_NOT_REGULAR},
	{S_IFDIR | 0755, 0, 4096, NSC_CONFIG_NOT_REGULAR},
	{S_IFCHR | 0644, 0, 0, NSC_CONFIG_NOT_REGULAR},
	{S_IFLNK | 0777, 0, 12, NSC_CONFIG_NOT_REGULAR},
	{S_IFREG | 0644, 0, 10000000, NSC_CONFIG_TOO_LARGE},
};

START_TEST(test_a_file_that_is_not_roots_alone_is_not_even_opened)
{
	install("retries = 7\n");
	fake_config.mode = files[_i].mode;
	fake_config.owner = files[_i].owner;
	fake_config.announced = files[_i].size;
	nsc_in_force_read(&in_force);
	assert_ignored(files[_i].reason);
	ck_assert_uint_eq(fake_kernel_count(SYS_openat), 0);
}
END_TEST

START_TEST(test_a_file_that_changes_between_look_and_open_is_ignored)
{
	install("retries = 7\n");
	fake_config.owner_when_open = 1000;
	nsc_in_force_read(&in_force);
	assert_ignored(NSC_CONFIG_NOT_ROOTS);
	ck_assert_int_eq(fake_config.closed, 1);
	ck_assert_uint_eq(fake_kernel_count(SYS_read), 0);
}
END_TEST

START_TEST(test_a_file_that_grows_is_ignored)
{
	char *text = malloc(70000);

	memset(text, '\n', 69999);
	text[69999] = '\0';
	memcpy(text, "retries = 7", 11);
	install(text);
	fake_config.announced = 12;
	nsc_in_force_read(&in_force);
	assert_ignored(NSC_CONFIG_TOO_LARGE);
	ck_assert_int_eq(fake_config.closed, 1);
	ck_assert_uint_lt(fake_config.position, 66100);
	free(text);
}
END_TEST

START_TEST(test_a_file_that_cannot_be_read_to_its_end_is_ignored)
{
	static const struct {
		long number;
		unsigned nth;
	} calls[] = {{SYS_statx, 1}, {SYS_openat, 1}, {SYS_statx, 2}, {SYS_read, 1}, {SYS_read, 2}};

	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		install("retries = 7\ndisable = 1\n");
		fake_config.piece = 12;
		fake_kernel_return(calls[i].number, calls[i].nth, -EIO);
		nsc_in_force_read(&in_force);
		assert_ignored(NSC_CONFIG_UNREADABLE);
		ck_assert_int_eq(fake_config.opened, fake_config.closed);
	}
}
END_TEST

START_TEST(test_no_call_that_fails_leaves_a_descriptor)
{
	int before = open_descriptors();

	for (unsigned nth = 1;; nth++) {
		install(with_section(executable_path()));
		fake_kernel_return(FAKE_ANY, nth, -EPERM);
		nsc_in_force_read(&in_force);
		if (fake_kernel_count(FAKE_ANY) < nth)
			break;
		ck_assert_uint_ge(in_force.settings.retries, 2);
		ck_assert_uint_le(in_force.settings.retries, 5);
	}
	ck_assert_int_le(open_descriptors(), before + 2); /* two calls of close(2) failed */
}
END_TEST

Suite *suite_in_force(void)
{
	Suite *suite = suite_create("in_force");
	TCase *sound = tcase_create("sound"), *ignored = tcase_create("ignored");

	tcase_add_test(sound, test_without_a_file_one_look_is_all);
	tcase_add_test(sound, test_each_key_of_the_file_counts);
	tcase_add_test(sound, test_the_environment_overrides_the_file_key_by_key);
	tcase_add_test(sound, test_disable_in_the_file_means_no_retry_and_no_log);
	tcase_add_test(sound, test_a_section_for_this_program_counts);
	tcase_add_test(sound, test_a_section_for_another_program_does_not);
	tcase_add_test(sound, test_without_procfs_no_section_with_a_path_is_for_this_program);
	tcase_add_test(sound, test_the_first_mistake_is_kept_and_all_are_counted);
	suite_add_tcase(suite, sound);
	tcase_add_loop_test(ignored, test_a_file_that_is_not_roots_alone_is_not_even_opened, 0,
			    (int)(sizeof files / sizeof *files));
	tcase_add_test(ignored, test_a_file_that_changes_between_look_and_open_is_ignored);
	tcase_add_test(ignored, test_a_file_that_grows_is_ignored);
	tcase_add_test(ignored, test_a_file_that_cannot_be_read_to_its_end_is_ignored);
	tcase_add_test(ignored, test_no_call_that_fails_leaves_a_descriptor);
	suite_add_tcase(suite, ignored);
	return suite;
}
