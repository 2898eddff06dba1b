/* SPDX-License-Identifier: MIT */
/* options.c: what its table says of the kernel, asked of the kernel at hand. */
#include "unit.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "fake_kernel.h"
#include "options.h"
#include "twin.h"

static bool is_zero_or_unknown(int fd, const struct nsc_option *option)
{
	unsigned char bytes[NSC_OPTION_SIZE];
	socklen_t length = sizeof bytes;

	if (getsockopt(fd, option->level, option->option, bytes, &length))
		return errno == ENOPROTOOPT || errno == EOPNOTSUPP;
	for (socklen_t i = 0; i < length; i++)
		if (bytes[i])
			return false;
	return true;
}

START_TEST(test_what_the_table_says_is_zero_on_a_fresh_socket_is)
{
	int family = _i ? AF_INET6 : AF_INET, fd = socket(family, SOCK_STREAM, 0), zeros = 0;

	for (size_t i = 0; i < nsc_option_count; i++) {
		const struct nsc_option *option = &nsc_options[i];

		if (option->rule != NSC_OPTION_ZERO || (option->level == IPPROTO_IPV6 && family != AF_INET6))
			continue;
		ck_assert_msg(is_zero_or_unknown(fd, option), "level %d, option %d", option->level, option->option);
		zeros++;
	}
	ck_assert_int_gt(zeros, 60);
}
END_TEST

START_TEST(test_of_those_the_twin_is_asked_only_where_the_old_socket_has_another_value)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), twin, asked = 0;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){_i}, sizeof(int));
	fake_kernel_install();
	twin = nsc_twin(fd);
	ck_assert_int_ge(twin, 0);
	for (unsigned i = 1; i <= fake_kernel_count(SYS_getsockopt); i++) {
		const struct fake_call *call = fake_kernel_call(SYS_getsockopt, i);

		asked += call->argument[0] == twin && call->argument[1] == IPPROTO_TCP &&
		         call->argument[2] == TCP_NODELAY;
	}
	/* Before it is set, and after. */
	ck_assert_int_eq(asked, _i ? 2 : 0);
}
END_TEST

Suite *suite_options(void)
{
	Suite *suite = suite_create("options");
	TCase *zero = tcase_create("zero");

	tcase_add_loop_test(zero, test_what_the_table_says_is_zero_on_a_fresh_socket_is, 0, 2);
	tcase_add_loop_test(zero, test_of_those_the_twin_is_asked_only_where_the_old_socket_has_another_value, 0, 2);
	suite_add_tcase(suite, zero);
	return suite;
}
