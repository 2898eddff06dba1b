/* SPDX-License-Identifier: MIT */
/* procfs.c: only the real procfs is opened and read. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "descriptors.h"
#include "fake_kernel.h"
#include "fake_procfs.h"
#include "procfs.h"

static int proc;
static char text[64];

static void open_proc(void)
{
	fake_kernel_install();
	proc = nsc_procfs_open();
	ck_assert_int_ge(proc, 0);
}

START_TEST(test_a_file_is_read_and_terminated)
{
	long length = nsc_procfs_read(proc, "/proc/self/comm", text, sizeof text);

	ck_assert_int_gt(length, 0);
	ck_assert_uint_eq(strlen(text), (size_t)length);
	ck_assert_int_eq(nsc_procfs_read(proc, "/proc/self/comm", text, 3), 2);
	ck_assert_uint_eq(strlen(text), 2);
}
END_TEST

START_TEST(test_the_descriptors_are_close_on_exec)
{
	int fd = nsc_procfs_open_file(proc, "/proc/self/fd", O_DIRECTORY);

	ck_assert_int_eq(fcntl(proc, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
}
END_TEST

START_TEST(test_proc_on_another_file_system_is_refused_and_nothing_below_it_opened)
{
	int before = open_descriptors();

	fake_kernel_install();
	fake_procfs_report(1, false);
	ck_assert_int_eq(nsc_procfs_open(), -ENOENT);
	ck_assert_uint_eq(fake_kernel_count(SYS_openat), 1);
	ck_assert_int_eq(open_descriptors(), before);
}
END_TEST

/* Opening by O_PATH has no side effects, whatever the file is. */
START_TEST(test_proc_itself_is_opened_by_path_and_not_through_a_link)
{
	const struct fake_call *call = fake_kernel_call(SYS_openat, 1);
	long wanted = O_PATH | O_DIRECTORY | O_NOFOLLOW;

	ck_assert_int_eq(call->argument[2] & wanted, wanted);
}
END_TEST

START_TEST(test_a_file_of_another_file_system_mounted_there_is_refused_unopened)
{
	fake_procfs_report(FAKE_EACH, false);
	ck_assert_int_eq(nsc_procfs_read(proc, "/proc/self/comm", text, sizeof text), -ENOENT);
	ck_assert_uint_eq(fake_kernel_count(SYS_openat), 1);
}
END_TEST

START_TEST(test_a_file_is_opened_below_the_confirmed_directory_without_waiting)
{
	long wanted = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
	const struct fake_call *call;

	nsc_procfs_read(proc, "/proc/self/comm", text, sizeof text);
	call = fake_kernel_call(SYS_openat, 2);
	ck_assert_int_eq(call->argument[0], proc);
	ck_assert_str_eq((const char *)call->argument[1], "self/comm");
	ck_assert_int_eq(call->argument[2] & wanted, wanted);
}
END_TEST

static const struct {
	long number;
	long error;
} failing[] = {{FAKE_STATFS, -EPERM}, {SYS_openat, -EMFILE}, {SYS_read, -EIO}};

START_TEST(test_a_call_that_fails_is_reported_and_leaves_no_descriptor)
{
	int before = open_descriptors();

	fake_kernel_return(failing[_i].number, FAKE_EACH, failing[_i].error);
	ck_assert_int_lt(nsc_procfs_read(proc, "/proc/self/comm", text, sizeof text), 0);
	ck_assert_int_eq(open_descriptors(), before);
}
END_TEST

Suite *suite_procfs(void)
{
	Suite *suite = suite_create("procfs");
	TCase *files = tcase_create("files");

	tcase_add_checked_fixture(files, open_proc, NULL);
	tcase_add_test(files, test_a_file_is_read_and_terminated);
	tcase_add_test(files, test_the_descriptors_are_close_on_exec);
	tcase_add_test(files,
		       test_proc_on_another_file_system_is_refused_and_nothing_below_it_opened);
	tcase_add_test(files, test_proc_itself_is_opened_by_path_and_not_through_a_link);
	tcase_add_test(files, test_a_file_of_another_file_system_mounted_there_is_refused_unopened);
	tcase_add_test(files, test_a_file_is_opened_below_the_confirmed_directory_without_waiting);
	tcase_add_loop_test(files, test_a_call_that_fails_is_reported_and_leaves_no_descriptor, 0,
			    (int)(sizeof failing / sizeof *failing));
	suite_add_tcase(suite, files);
	return suite;
}
