/* SPDX-License-Identifier: MIT */
/* sharing.c: anything that cannot be looked up, or would take too long, counts as noticed. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fake_kernel.h"
#include "fake_process.h"
#include "fake_procfs.h"
#include "fd_table.h"
#include "sharing.h"
#include "loopback.h"

static int fd;

static void open_socket(void)
{
	fd = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_ge(fd, 0);
	fake_kernel_install();
	fake_process_executed();
}

static void open_up_to(int many)
{
	int last = 0;

	while (last < many - 1)
		ck_assert_int_ge(last = open("/dev/null", O_RDONLY), 0);
}

START_TEST(test_more_descriptors_than_are_looked_at_count_as_noticed)
{
	open_up_to(NSC_FD_TABLE_LOOK);
	ck_assert(!nsc_sharing_noticed(fd));
	ck_assert_int_ge(open("/dev/null", O_RDONLY), 0);
	ck_assert(nsc_sharing_noticed(fd));
	ck_assert_uint_le(fake_kernel_count(SYS_statx), 2 * (NSC_FD_TABLE_LOOK + 3));
}
END_TEST

/* Linux before 6.2 reports this size for /proc/self/fd. */
static long answer_size_0(const struct fake_call *call, void *unused)
{
	long result = fake_kernel_pass(call);

	(void)unused;
	((struct statx *)call->argument[4])->stx_size = 0;
	return result;
}

START_TEST(test_far_more_are_noticed_by_kernels_that_do_not_count_them)
{
	unsigned before;

	fake_kernel_answer(SYS_statx, FAKE_EACH, answer_size_0, NULL);
	ck_assert(!nsc_sharing_noticed(fd));
	before = fake_kernel_count(SYS_statx);
	open_up_to(NSC_FD_TABLE_LOOK + 32);
	ck_assert(nsc_sharing_noticed(fd));
	ck_assert_uint_le(fake_kernel_count(SYS_statx), before + NSC_FD_TABLE_LOOK + 3);
}
END_TEST

START_TEST(test_a_descriptor_that_is_not_open_counts_as_noticed)
{
	ck_assert(nsc_sharing_noticed(4711));
}
END_TEST

static const struct {
	long number;
	unsigned nth;
	long result;
} unknown[] = {
	{SYS_openat, 1, -ENOENT}, /* /proc */
	{FAKE_STATFS, 1, -EPERM},
	{FAKE_STATFS, 2, -EPERM},
	{SYS_openat, 2, -ENOENT}, /* /proc/self/stat */
	{SYS_openat, 2, -EMFILE},
	{SYS_read, 1, -EACCES},
	{SYS_read, 1, 0},
	{SYS_rt_sigaction, 1, -EPERM},
	{SYS_waitid, 1, 0},
	{SYS_waitid, 1, -ENOSYS},
	{FAKE_STATFS, 3, -EPERM},
	{SYS_openat, 3, -EMFILE}, /* /proc/self/fd */
	{SYS_openat, 3, -EACCES},
	{SYS_getdents64, 1, -EACCES},
	{SYS_getdents64, 1, 0},
	{SYS_getdents64, 2, -EINVAL},
	{SYS_statx, 2, -EBADF},
	{SYS_statx, 3, -EACCES}, /* the descriptor itself, and the first other */
	{SYS_readlinkat, 1, -EACCES},
	{SYS_readlinkat, 1, 0}, /* Check's log, a regular file */
};

START_TEST(test_what_cannot_be_looked_up_counts_as_noticed)
{
	int before = open_descriptors();

	fake_kernel_return(unknown[_i].number, unknown[_i].nth, unknown[_i].result);
	ck_assert(nsc_sharing_noticed(fd));
	ck_assert_int_eq(open_descriptors(), before);
	fake_kernel_install();
	fake_process_executed();
	ck_assert(!nsc_sharing_noticed(fd));
}
END_TEST

START_TEST(test_descriptors_that_cannot_be_counted_are_looked_at)
{
	fake_kernel_return(SYS_statx, 1, -ENOSYS);
	ck_assert(!nsc_sharing_noticed(fd));
	ck_assert_int_ge(dup(fd), 0);
	fake_kernel_return(SYS_statx, 2, -ENOSYS);
	ck_assert(nsc_sharing_noticed(fd));
}
END_TEST

static long answer_read(const struct fake_call *call, void *text)
{
	memcpy((void *)call->argument[1], text, strlen(text));
	return (long)strlen(text);
}

static const struct {
	char stat[80];
	bool alone;
} stats[] = {
	{"71 (unit) R 1 1 1 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 1", true},
	{"71 (unit) R 1 1 1 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 2 0 1", false},
	{"71 (unit) R 1 1 1 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 10 0 1", false},
	{"71 (unit) R 1 1 1 0 -1 4194368 0 0 0 0 0 0 0 0 20 0 1 0 1",
	 false}, /* forked without exec */
	{"71 (unit) R 1 1 1 0 -1 4194304 0 1 0 0 0 0 0 0 20 0 1 0 1", false}, /* had children */
	{"71 (unit) R 1 1 1 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1", false}, /* maybe a truncated 12 */
	{"71 (unit) R 1 1 1 0 -1 64 0 0 0 0 0 0 0 0 20 0 1 0 1", false},
	{"71 (unit) R 1 1 1 0 -1 4194304 0 0 0 0 0 0 0 0 20 0", false}, /* cut short */
	{"71 (unit)", false},
	{"71 unit R", false},
};

START_TEST(test_only_a_stat_that_says_so_means_alone)
{
	static char text[80];

	strcpy(text, stats[_i].stat);
	fake_kernel_answer(SYS_read, 1, answer_read, text);
	ck_assert_int_eq(nsc_sharing_noticed(fd), !stats[_i].alone);
}
END_TEST

Suite *suite_sharing_unknown(void)
{
	Suite *suite = suite_create("sharing_unknown");
	TCase *many = tcase_create("many"), *faults = tcase_create("faults");

	tcase_set_tags(many, UNIT_ALONE " " UNIT_COUNTED);
	tcase_add_checked_fixture(many, open_socket, NULL);
	tcase_add_test(many, test_more_descriptors_than_are_looked_at_count_as_noticed);
	tcase_add_test(many, test_far_more_are_noticed_by_kernels_that_do_not_count_them);
	tcase_add_test(many, test_descriptors_that_cannot_be_counted_are_looked_at);
	tcase_add_test(many, test_a_descriptor_that_is_not_open_counts_as_noticed);
	suite_add_tcase(suite, many);
	tcase_set_tags(faults, UNIT_ALONE);
	tcase_add_checked_fixture(faults, open_socket, NULL);
	tcase_add_loop_test(faults, test_what_cannot_be_looked_up_counts_as_noticed, 0,
			    (int)(sizeof unknown / sizeof *unknown));
	tcase_add_loop_test(faults, test_only_a_stat_that_says_so_means_alone, 0,
			    (int)(sizeof stats / sizeof *stats));
	suite_add_tcase(suite, faults);
	return suite;
}
