/* SPDX-License-Identifier: MIT */
/* inode.c: comparing owner, group, mode and extended attributes of two sockets. */
#include "unit.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fake_kernel.h"
#include "inode.h"
#include "tap.h"

static int one, other;

static void open_sockets(void)
{
	one = socket(AF_INET, SOCK_STREAM, 0);
	other = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_ge(one, 0);
	ck_assert_int_ge(other, 0);
	fake_kernel_install();
}

START_TEST(test_two_sockets_of_one_process_are_equal)
{
	ck_assert(nsc_inode_equal(one, other));
}
END_TEST

START_TEST(test_another_owner_or_group_is_seen)
{
	if (getuid() != 0)
		tap_skip("not root");
	ck_assert_int_eq(fchown(one, _i ? 1234 : 0, _i ? 0 : 1234), 0);
	ck_assert(!nsc_inode_equal(one, other));
	ck_assert_int_eq(fchown(other, _i ? 1234 : 0, _i ? 0 : 1234), 0);
	ck_assert(nsc_inode_equal(one, other));
}
END_TEST

START_TEST(test_another_mode_is_seen)
{
	ck_assert_int_eq(fchmod(one, 0600), 0);
	ck_assert(!nsc_inode_equal(one, other));
	ck_assert_int_eq(fchmod(other, 0600), 0);
	ck_assert(nsc_inode_equal(one, other));
}
END_TEST

/* The attributes of both sockets. An empty value is a missing attribute. */
static const struct attributes {
	const char *names[2]; /* a comma stands for the '\0' at a name's end */
	const char *values[2];
	bool equal;
} attributes[] = {
	{{"", ""}, {"", ""}, true},
	{{"a,b,", "a,b,"}, {"x", "x"}, true},
	{{"a,b,", "a,b,"}, {"x", "y"}, false},
	{{"a,b,", "a,b,"}, {"x", "xx"}, false},
	{{"a,", "a,b,"}, {"x", "x"}, false},
	{{"a,b,", "a,"}, {"x", "x"}, false},
	{{"a,", "b,"}, {"x", ""}, false},
};

static long answer_names(const struct fake_call *call, void *context)
{
	const struct attributes *these = context;
	const char *names = these->names[call->argument[0] == other];
	char *to = (char *)call->argument[1];

	for (size_t i = 0; to && names[i]; i++)
		to[i] = names[i] == ',' ? '\0' : names[i];
	return (long)strlen(names);
}

static long answer_value(const struct fake_call *call, void *context)
{
	const struct attributes *these = context;
	const char *value = these->values[call->argument[0] == other];

	if (!*value)
		return -ENODATA;
	memcpy((char *)call->argument[2], value, strlen(value));
	return (long)strlen(value);
}

START_TEST(test_other_attributes_are_seen)
{
	struct attributes these = attributes[_i];

	fake_kernel_answer(SYS_flistxattr, FAKE_EACH, answer_names, &these);
	fake_kernel_answer(SYS_fgetxattr, FAKE_EACH, answer_value, &these);
	ck_assert_int_eq(nsc_inode_equal(one, other), these.equal);
}
END_TEST

static const struct {
	long number;
	unsigned nth;
	long error;
	bool equal;
} failing[] = {
	{SYS_statx, 1, -EPERM, false},
	{SYS_statx, 2, -EPERM, false},
	{SYS_flistxattr, 1, -ERANGE, false},
	{SYS_flistxattr, 2, -EPERM, false},
	{SYS_flistxattr, FAKE_EACH, -ERANGE, false},
	{SYS_flistxattr, FAKE_EACH, -ENOSYS, false},
	{SYS_flistxattr, FAKE_EACH, -EOPNOTSUPP, true}, /* no attributes */
};

START_TEST(test_what_the_kernel_does_not_say_is_not_equal)
{
	fake_kernel_return(failing[_i].number, failing[_i].nth, failing[_i].error);
	ck_assert_int_eq(nsc_inode_equal(one, other), failing[_i].equal);
}
END_TEST

START_TEST(test_a_long_value_is_not_equal)
{
	struct attributes these = {{"a,", "a,"}, {"x", "x"}, false};

	fake_kernel_answer(SYS_flistxattr, FAKE_EACH, answer_names, &these);
	fake_kernel_return(SYS_fgetxattr, FAKE_EACH, -ERANGE);
	ck_assert(!nsc_inode_equal(one, other));
}
END_TEST

Suite *suite_inode(void)
{
	Suite *suite = suite_create("inode");
	TCase *compared = tcase_create("compared");

	tcase_add_checked_fixture(compared, open_sockets, NULL);
	tcase_add_test(compared, test_two_sockets_of_one_process_are_equal);
	tcase_add_loop_test(compared, test_another_owner_or_group_is_seen, 0, 2);
	tcase_add_test(compared, test_another_mode_is_seen);
	tcase_add_loop_test(compared, test_other_attributes_are_seen, 0,
			    (int)(sizeof attributes / sizeof *attributes));
	tcase_add_loop_test(compared, test_what_the_kernel_does_not_say_is_not_equal, 0,
			    (int)(sizeof failing / sizeof *failing));
	tcase_add_test(compared, test_a_long_value_is_not_equal);
	suite_add_tcase(suite, compared);
	return suite;
}
