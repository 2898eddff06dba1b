/* SPDX-License-Identifier: MIT */
/* options.c: comparing its table with the kernel under test. */
#include "unit.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "fake_kernel.h"
#include "options.h"
#include "twin.h"

/* The value as the table's number: 0 for all zeros or an empty value, -1 for all bits. */
static int read_fresh(int fd, const struct nsc_option *option)
{
	unsigned char bytes[NSC_OPTION_SIZE];
	socklen_t length = sizeof bytes;
	int number = 0, zeros = 0, ones = 0;

	if (option->level == SOL_SOCKET && option->option == SO_GET_FILTER)
		length = 0;
	if (getsockopt(fd, option->level, option->option, bytes, &length))
		return errno == ENOPROTOOPT || errno == EOPNOTSUPP || errno == EINVAL
			       ? option->fresh
			       : NSC_FRESH_ASK;
	for (socklen_t i = 0; i < length; i++) {
		zeros += bytes[i] == 0;
		ones += bytes[i] == 0xff;
	}
	if (zeros == (int)length || ones == (int)length)
		return zeros == (int)length ? 0 : -1;
	memcpy(&number, bytes, sizeof number);
	return length == sizeof number ? number : NSC_FRESH_ASK;
}

START_TEST(test_what_the_table_says_of_a_fresh_socket_is_so)
{
	int family = _i ? AF_INET6 : AF_INET, fd = socket(family, SOCK_STREAM, 0), known = 0;

	for (size_t i = 0; i < nsc_option_count; i++) {
		const struct nsc_option *option = &nsc_options[i];

		if (option->fresh == NSC_FRESH_ASK ||
		    (option->level == IPPROTO_IPV6 && family != AF_INET6))
			continue;
		ck_assert_msg(read_fresh(fd, option) == option->fresh,
			      "level %d, option %d: %d, and not %d", option->level, option->option,
			      read_fresh(fd, option), option->fresh);
		known++;
	}
	ck_assert_int_gt(known, 60);
}
END_TEST

static unsigned times_asked(int fd, int level, int option)
{
	unsigned asked = 0;

	for (unsigned i = 1; i <= fake_kernel_count(SYS_getsockopt); i++) {
		const struct fake_call *call = fake_kernel_call(SYS_getsockopt, i);

		asked += call->argument[0] == fd && call->argument[1] == level &&
			 call->argument[2] == option;
	}
	return asked;
}

static const struct {
	int level, option, fresh, other;
} known[] = {{IPPROTO_TCP, TCP_NODELAY, 0, 1},
	     {IPPROTO_IP, IP_MULTICAST_LOOP, 1, 0},
	     {SOL_SOCKET, SO_RCVLOWAT, 1, 2}};

START_TEST(test_the_twin_is_asked_only_where_the_old_socket_has_another_value)
{
	int level = known[_i / 2].level, option = known[_i / 2].option;
	int value = _i % 2 ? known[_i / 2].other : known[_i / 2].fresh;
	int fd = socket(AF_INET, SOCK_STREAM, 0), twin;

	ck_assert_int_eq(setsockopt(fd, level, option, &value, sizeof value), 0);
	fake_kernel_install();
	twin = nsc_twin(fd, AF_INET);
	ck_assert_int_ge(twin, 0);
	/* Once before it is set and once after. */
	ck_assert_uint_eq(times_asked(twin, level, option), _i % 2 ? 2 : 0);
}
END_TEST

static long answer_pacing(const struct fake_call *call, void *rate)
{
	long result = fake_kernel_pass(call);

	if (call->argument[1] == SOL_SOCKET && call->argument[2] == SO_MAX_PACING_RATE)
		memcpy((void *)call->argument[3], rate, sizeof(long));
	return result;
}

/* All bits set means no limit. */
START_TEST(test_a_pacing_rate_is_asked_for_only_where_there_is_one)
{
	long rate = _i ? 1000000 : -1;
	int fd = socket(AF_INET, SOCK_STREAM, 0), twin;

	fake_kernel_install();
	fake_kernel_answer(SYS_getsockopt, FAKE_EACH, answer_pacing, &rate);
	twin = nsc_twin(fd, AF_INET);
	ck_assert_int_ge(twin, 0);
	ck_assert_uint_eq(times_asked(twin, SOL_SOCKET, SO_MAX_PACING_RATE), _i ? 1 : 0);
}
END_TEST

Suite *suite_options(void)
{
	Suite *suite = suite_create("options");
	TCase *fresh = tcase_create("fresh");

	tcase_add_loop_test(fresh, test_what_the_table_says_of_a_fresh_socket_is_so, 0, 2);
	tcase_add_loop_test(fresh,
			    test_the_twin_is_asked_only_where_the_old_socket_has_another_value, 0,
			    2 * (int)(sizeof known / sizeof *known));
	tcase_add_loop_test(fresh, test_a_pacing_rate_is_asked_for_only_where_there_is_one, 0, 2);
	suite_add_tcase(suite, fresh);
	return suite;
}
