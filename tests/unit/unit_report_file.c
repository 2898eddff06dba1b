/* SPDX-License-Identifier: MIT */
/* report.c: lines to a file. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fake_kernel.h"
#include "report.h"
#include "report_setup.h"
#include "loopback.h"

static char directory[32];

static void log_to_file(void)
{
	strcpy(directory, "/tmp/noselfconn.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(nsc_log_path, sizeof nsc_log_path, "%s/log", directory);
	report_setup(NSC_LOG_FILE);
}

static void remove_file(void)
{
	char target[64];

	snprintf(target, sizeof target, "%s/target", directory);
	unlink(target);
	unlink(nsc_log_path);
	ck_assert_int_eq(rmdir(directory), 0);
}

/* The file's text, or NULL if there is no file. */
static const char *contents(const char *path)
{
	static char text[4096];
	FILE *file = fopen(path, "r");

	if (!file)
		return NULL;
	text[fread(text, 1, sizeof text - 1, file)] = '\0';
	fclose(file);
	return text;
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	ck_assert_int_eq(fclose(file), 0);
}

START_TEST(test_a_new_file_is_for_its_owner_only)
{
	struct stat status;

	umask(0);
	report();
	ck_assert_int_eq(stat(nsc_log_path, &status), 0);
	ck_assert_uint_eq(status.st_mode & 07777, 0600);
	ck_assert_ptr_nonnull(strstr(contents(nsc_log_path), " outcome=refused\n"));
}
END_TEST

START_TEST(test_lines_are_appended_to_what_is_there)
{
	int before = open_descriptors();

	write_file(nsc_log_path, "as it was\n");
	report();
	report();
	ck_assert_int_eq(strncmp(contents(nsc_log_path), "as it was\ntime=", 15), 0);
	ck_assert_ptr_nonnull(strstr(contents(nsc_log_path), " outcome=refused\ntime="));
	ck_assert_uint_eq(fake_kernel_count(SYS_write), 2);
	ck_assert_int_eq(open_descriptors(), before);
	/* With O_APPEND, two processes that write at once lose nothing. */
	ck_assert(fake_kernel_call(SYS_openat, 1)->argument[2] & O_APPEND);
}
END_TEST

START_TEST(test_a_symbolic_link_is_not_followed)
{
	char target[64];

	snprintf(target, sizeof target, "%s/target", directory);
	write_file(target, "precious\n");
	ck_assert_int_eq(symlink(target, nsc_log_path), 0);
	report();
	ck_assert_str_eq(contents(target), "precious\n");
	ck_assert_int_eq(fake_kernel_call(SYS_openat, 1)->result, -ELOOP);
}
END_TEST

START_TEST(test_a_fifo_that_nobody_reads_does_not_block)
{
	ck_assert_int_eq(mkfifo(nsc_log_path, 0600), 0);
	report();
	ck_assert_int_eq(fake_kernel_call(SYS_openat, 1)->result, -ENXIO);
}
END_TEST

START_TEST(test_a_fifo_that_is_full_does_not_block)
{
	char filling[4096] = "";
	int reader, writer;

	ck_assert_int_eq(mkfifo(nsc_log_path, 0600), 0);
	reader = open(nsc_log_path, O_RDONLY | O_NONBLOCK);
	writer = open(nsc_log_path, O_WRONLY | O_NONBLOCK);
	ck_assert_int_ge(reader, 0);
	while (write(writer, filling, sizeof filling) > 0)
		;
	report();
	ck_assert_int_eq(fake_kernel_call(SYS_write, 1)->result, -EAGAIN);
}
END_TEST

START_TEST(test_a_file_that_cannot_be_opened_loses_the_line_only)
{
	int before = open_descriptors();

	strcat(nsc_log_path, "/not/there");
	report();
	ck_assert_uint_eq(fake_kernel_count(SYS_write), 0);
	ck_assert_int_eq(open_descriptors(), before);
	*strstr(nsc_log_path, "/not") = '\0';
}
END_TEST

START_TEST(test_the_file_is_not_kept_across_exec)
{
	report();
	ck_assert(fake_kernel_call(SYS_openat, 1)->argument[2] & O_CLOEXEC);
}
END_TEST

static void report_at_the_size_limit(void)
{
	struct rlimit limit, none;

	write_file(nsc_log_path, "as it was\n");
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &none), 0);
	limit = (struct rlimit){.rlim_cur = 10, .rlim_max = none.rlim_max};
	/*
	 * SIGXFSZ ends a process by default. Assert nothing until the limit is lifted: Check writes
	 * to a file.
	 */
	setrlimit(RLIMIT_FSIZE, &limit);
	report();
	setrlimit(RLIMIT_FSIZE, &none);
	ck_assert_int_eq(fake_kernel_call(SYS_write, 1)->result, -EFBIG);
}

START_TEST(test_a_file_at_its_size_limit_raises_no_signal)
{
	sigset_t pending, blocked;

	report_at_the_size_limit();
	ck_assert_str_eq(contents(nsc_log_path), "as it was\n");
	sigfillset(&blocked);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	sigpending(&pending);
	ck_assert(!sigismember(&pending, SIGXFSZ));
}
END_TEST

START_TEST(test_a_pending_sigxfsz_of_the_programs_is_kept)
{
	sigset_t pending, blocked;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGXFSZ);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	if (_i)
		raise(SIGXFSZ);
	else
		kill(getpid(), SIGXFSZ);
	report_at_the_size_limit();
	sigpending(&pending);
	ck_assert(sigismember(&pending, SIGXFSZ));
}
END_TEST

Suite *suite_report_file(void)
{
	Suite *suite = suite_create("report_file");
	TCase *file = tcase_create("file");

	tcase_add_checked_fixture(file, log_to_file, remove_file);
	tcase_add_test(file, test_a_new_file_is_for_its_owner_only);
	tcase_add_test(file, test_lines_are_appended_to_what_is_there);
	tcase_add_test(file, test_a_symbolic_link_is_not_followed);
	tcase_add_test(file, test_a_fifo_that_nobody_reads_does_not_block);
	tcase_add_test(file, test_a_fifo_that_is_full_does_not_block);
	tcase_add_test(file, test_a_file_that_cannot_be_opened_loses_the_line_only);
	tcase_add_test(file, test_the_file_is_not_kept_across_exec);
	tcase_add_test(file, test_a_file_at_its_size_limit_raises_no_signal);
	tcase_add_loop_test(file, test_a_pending_sigxfsz_of_the_programs_is_kept, 0, 2);
	suite_add_tcase(suite, file);
	return suite;
}
