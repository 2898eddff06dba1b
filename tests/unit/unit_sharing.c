/* SPDX-License-Identifier: MIT */
/*
 * sharing.c: who would notice a fresh socket, in real processes. A fork by Check would already
 * count as shared, so the fake hides it except in tests of forks.
 */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake_kernel.h"
#include "fake_process.h"
#include "reexec.h"
#include "sharing.h"
#include "tap.h"
#include "loopback.h"

static int fd;

static void open_socket(void)
{
	fd = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_ge(fd, 0);
	fake_kernel_install();
	fake_process_executed();
}

START_TEST(test_alone_with_one_descriptor_nobody_notices)
{
	ck_assert(!nsc_sharing_noticed(fd));
}
END_TEST

START_TEST(test_looking_leaves_no_descriptor_behind)
{
	int before = open_descriptors();

	ck_assert(!nsc_sharing_noticed(fd));
	ck_assert_int_eq(open_descriptors(), before);
	ck_assert_uint_eq(fake_kernel_count(SYS_close), 3);
}
END_TEST

int sharing_alone(void)
{
	return nsc_sharing_noticed(socket(AF_INET, SOCK_STREAM, 0));
}

/* Runs the same program as `unit --alone`, without fakes. */
START_TEST(test_in_a_process_just_executed_nobody_notices)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		execl(reexec_path(), "unit", "--alone", (char *)NULL);
		_exit(99);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(test_the_name_of_the_process_does_not_matter)
{
	ck_assert_int_eq(prctl(PR_SET_NAME, ") R 1 64 (x) y"), 0);
	ck_assert(!nsc_sharing_noticed(fd));
}
END_TEST

static void *wait_for_ever(void *unused)
{
	for (;;)
		pause();
	return unused;
}

START_TEST(test_another_thread_notices)
{
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, wait_for_ever, NULL), 0);
	ck_assert(nsc_sharing_noticed(fd));
	/* That alone decides: the descriptors need not be searched. */
	ck_assert_uint_eq(fake_kernel_count(SYS_getdents64), 0);
}
END_TEST

static void *return_at_once(void *unused)
{
	return unused;
}

START_TEST(test_a_thread_that_has_ended_does_not_notice)
{
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, return_at_once, NULL), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	/* pthread_join(3) may return shortly before the kernel has removed the thread. */
	for (int i = 0; i < 1000 && nsc_sharing_noticed(fd); i++)
		usleep(1000);
	ck_assert(!nsc_sharing_noticed(fd));
}
END_TEST

START_TEST(test_an_epoll_instance_notices)
{
	int epoll = epoll_create1(0);

	ck_assert(nsc_sharing_noticed(fd));
	close(epoll);
	ck_assert(!nsc_sharing_noticed(fd));
}
END_TEST

START_TEST(test_an_io_uring_notices)
{
	char parameters[120] = {0}; /* struct io_uring_params */

	if (syscall(SYS_io_uring_setup, 1, parameters) < 0)
		tap_skip("this kernel, or its io_uring_disabled, gives us no io_uring");
	ck_assert(nsc_sharing_noticed(fd));
}
END_TEST

static long answer_link(const struct fake_call *call, void *link)
{
	memcpy((void *)call->argument[2], link, strlen(link));
	return (long)strlen(link);
}

/* Where the kernel gives us none, too: an eventfd has the same kind of inode. */
START_TEST(test_an_io_uring_is_known_by_its_link)
{
	char link[] = "anon_inode:[io_uring]";

	ck_assert_int_ge(eventfd(0, 0), 0);
	ck_assert(!nsc_sharing_noticed(fd));
	fake_kernel_answer(SYS_readlinkat, FAKE_EACH, answer_link, link);
	ck_assert(nsc_sharing_noticed(fd));
}
END_TEST

/* A thread that has used io_uring may have a ring without a descriptor. */
static const struct {
	long seccomp, enter;
	bool noticed;
} uses[] = {
	{0, -EBADF, true},   {0, 0, true},       {0, -EAGAIN, true}, {0, -EINVAL, false},
	{0, -ENOSYS, false}, {0, -EPERM, false}, {2, 0, false},      {-EINVAL, -EBADF, true},
	{-EPERM, 0, false},
};

START_TEST(test_a_thread_that_has_used_io_uring_notices)
{
	fake_kernel_return(SYS_prctl, FAKE_EACH, uses[_i].seccomp);
	fake_kernel_return(SYS_io_uring_enter, FAKE_EACH, uses[_i].enter);
	ck_assert_int_eq(nsc_sharing_noticed(fd), uses[_i].noticed);
	/* A sandbox may kill the process for this call. */
	ck_assert_uint_eq(fake_kernel_count(SYS_io_uring_enter),
			  uses[_i].seccomp == 0 || uses[_i].seccomp == -EINVAL);
}
END_TEST

START_TEST(test_a_duplicate_notices)
{
	int copy = fcntl(fd, F_DUPFD, _i);

	ck_assert_int_ge(copy, _i);
	ck_assert(nsc_sharing_noticed(fd));
	close(copy);
	ck_assert(!nsc_sharing_noticed(fd));
}
END_TEST

START_TEST(test_other_sockets_files_and_pipes_do_not_notice)
{
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_ge(socket(AF_INET, SOCK_STREAM, 0), 0);
	ck_assert_int_ge(open("/dev/null", O_RDONLY), 0);
	ck_assert(!nsc_sharing_noticed(fd));
}
END_TEST

/* Reading a link costs six times as much as asking for the file's type. */
START_TEST(test_links_are_read_only_of_what_its_type_does_not_tell)
{
	unsigned regular;
	int ends[2];

	nsc_sharing_noticed(fd);
	regular = fake_kernel_count(SYS_readlinkat);
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_ge(socket(AF_INET, SOCK_STREAM, 0), 0);
	ck_assert_int_ge(open("/dev/null", O_RDONLY), 0);
	ck_assert(!nsc_sharing_noticed(fd));
	ck_assert_uint_eq(fake_kernel_count(SYS_readlinkat), 2 * regular);
	ck_assert_int_ge(eventfd(0, 0), 0);
	ck_assert(!nsc_sharing_noticed(fd));
	ck_assert_uint_eq(fake_kernel_count(SYS_readlinkat), 3 * regular + 1);
}
END_TEST

Suite *suite_sharing(void)
{
	/*
	 * Reading /proc/self/fd gets slower with the number of entries. Login shells have a limit
	 * of 1024.
	 */
	static const int duplicates[] = {0, 123};
	Suite *suite = suite_create("sharing");
	TCase *alone = tcase_create("alone"), *anew = tcase_create("anew"),
	      *noticed = tcase_create("noticed");

	tcase_set_tags(alone, UNIT_ALONE);
	tcase_add_checked_fixture(alone, open_socket, NULL);
	tcase_add_test(alone, test_alone_with_one_descriptor_nobody_notices);
	tcase_add_test(alone, test_looking_leaves_no_descriptor_behind);
	tcase_add_test(alone, test_a_thread_that_has_ended_does_not_notice);
	tcase_add_test(alone, test_other_sockets_files_and_pipes_do_not_notice);
	tcase_add_test(alone, test_links_are_read_only_of_what_its_type_does_not_tell);
	tcase_add_test(alone, test_the_name_of_the_process_does_not_matter);
	suite_add_tcase(suite, alone);
	tcase_set_tags(anew, UNIT_ALONE " " UNIT_ANEW);
	tcase_add_test(anew, test_in_a_process_just_executed_nobody_notices);
	suite_add_tcase(suite, anew);
	tcase_set_tags(noticed, UNIT_ALONE);
	tcase_add_checked_fixture(noticed, open_socket, NULL);
	tcase_add_test(noticed, test_another_thread_notices);
	tcase_add_test(noticed, test_an_epoll_instance_notices);
	tcase_add_test(noticed, test_an_io_uring_notices);
	tcase_add_test(noticed, test_an_io_uring_is_known_by_its_link);
	tcase_add_loop_test(noticed, test_a_thread_that_has_used_io_uring_notices, 0,
			    (int)(sizeof uses / sizeof *uses));
	for (size_t i = 0; i < sizeof duplicates / sizeof *duplicates; i++)
		tcase_add_loop_test(noticed, test_a_duplicate_notices, duplicates[i],
				    duplicates[i] + 1);
	suite_add_tcase(suite, noticed);
	return suite;
}
