/* SPDX-License-Identifier: MIT */
/* twin.c and options.c: what a fresh socket takes over from the old one, on real sockets. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fake_kernel.h"
#include "kernel_constants.h"
#include "options.h"
#include "twin.h"
#include "loopback.h"

static const struct {
	int level, option, value;
} carried[] = {
	{SOL_SOCKET, SO_REUSEADDR, 1},
	{SOL_SOCKET, SO_REUSEPORT, 1},
	{SOL_SOCKET, SO_KEEPALIVE, 1},
	{SOL_SOCKET, SO_OOBINLINE, 1},
	{SOL_SOCKET, SO_DONTROUTE, 1},
	{SOL_SOCKET, SO_RCVLOWAT, 100},
	{SOL_SOCKET, SO_PRIORITY, 3},
	{SOL_SOCKET, SO_SNDBUF, 30000},
	{SOL_SOCKET, SO_RCVBUF, 30000},
	{SOL_SOCKET, SO_TIMESTAMP, 1},
	{SOL_SOCKET, SO_TIMESTAMPING, 8},
	{SOL_SOCKET, SO_MAX_PACING_RATE, 100000},
	{SOL_SOCKET, SO_ZEROCOPY, 1},
	{SOL_SOCKET, SO_SELECT_ERR_QUEUE, 1},
	{IPPROTO_TCP, TCP_NODELAY, 1},
	{IPPROTO_TCP, TCP_CORK, 1},
	{IPPROTO_TCP, TCP_KEEPIDLE, 11},
	{IPPROTO_TCP, TCP_KEEPINTVL, 12},
	{IPPROTO_TCP, TCP_KEEPCNT, 13},
	{IPPROTO_TCP, TCP_SYNCNT, 4},
	{IPPROTO_TCP, TCP_LINGER2, 14},
	{IPPROTO_TCP, TCP_USER_TIMEOUT, 15000},
	{IPPROTO_TCP, TCP_NOTSENT_LOWAT, 16000},
	{IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS, 1},
	{IPPROTO_TCP, TCP_INQ, 1},
	{IPPROTO_IP, IP_TOS, 0x10},
	{IPPROTO_IP, IP_TTL, 77},
	{IPPROTO_IP, IP_RECVTOS, 1},
	{IPPROTO_IP, IP_RECVERR, 1},
	{IPPROTO_IP, IP_FREEBIND, 1},
	{IPPROTO_IP, IP_MINTTL, 5},
	{IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1},
	{IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT},
	{IPPROTO_IPV6, IPV6_V6ONLY, 1},
	{IPPROTO_IPV6, IPV6_UNICAST_HOPS, 78},
	{IPPROTO_IPV6, IPV6_TCLASS, 0x20},
	{IPPROTO_IPV6, IPV6_RECVPKTINFO, 1},
	{IPPROTO_IPV6, IPV6_DONTFRAG, 1},
};

static int value_of(int fd, int level, int option)
{
	int value = 0;
	socklen_t length = sizeof value;

	ck_assert_int_eq(getsockopt(fd, level, option, &value, &length), 0);
	return value;
}

static int twin_of(int fd)
{
	int twin = nsc_twin(fd, value_of(fd, SOL_SOCKET, SO_DOMAIN));

	ck_assert_int_ge(twin, 0);
	return twin;
}

/* Each option alone, first with IPv4, then with IPv6. */
START_TEST(test_an_option_is_carried)
{
	int level = carried[_i / 2].level, option = carried[_i / 2].option, twin;
	int family = _i % 2 || level == IPPROTO_IPV6 ? AF_INET6 : AF_INET,
	    fd = socket(family, SOCK_STREAM, 0);
	int fresh = value_of(fd, level, option);

	ck_assert_int_eq(setsockopt(fd, level, option, &carried[_i / 2].value, sizeof(int)), 0);
	ck_assert_int_ne(value_of(fd, level, option), fresh);
	twin = twin_of(fd);
	ck_assert_int_eq(value_of(twin, level, option), value_of(fd, level, option));
}
END_TEST

START_TEST(test_options_longer_than_an_int_are_carried)
{
	const struct timeval timeout = {3, 500000};
	const struct linger linger = {1, 7};
	struct timeval timeout_carried;
	struct linger linger_carried;
	char algorithm[16] = "";
	socklen_t length;
	int fd = socket(AF_INET, SOCK_STREAM, 0), twin;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
	ck_assert_int_eq(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4), 0);
	twin = twin_of(fd);
	length = sizeof timeout;
	ck_assert_int_eq(getsockopt(twin, SOL_SOCKET, SO_RCVTIMEO, &timeout_carried, &length), 0);
	ck_assert_mem_eq(&timeout_carried, &timeout, sizeof timeout);
	length = sizeof linger;
	ck_assert_int_eq(getsockopt(twin, SOL_SOCKET, SO_LINGER, &linger_carried, &length), 0);
	ck_assert_mem_eq(&linger_carried, &linger, sizeof linger);
	length = sizeof algorithm;
	ck_assert_int_eq(getsockopt(twin, IPPROTO_TCP, TCP_CONGESTION, algorithm, &length), 0);
	ck_assert_str_eq(algorithm, "reno");
}
END_TEST

START_TEST(test_a_buffer_of_the_kernels_is_not_made_the_callers)
{
	ck_assert_int_eq(
		value_of(twin_of(socket(AF_INET, SOCK_STREAM, 0)), SOL_SOCKET, SO_BUF_LOCK), 0);
}
END_TEST

START_TEST(test_a_buffer_of_the_callers_is_the_callers_even_where_the_size_is_the_same)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), twin;
	int size = value_of(fd, SOL_SOCKET, SO_SNDBUF) / 2;

	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	twin = twin_of(fd);
	ck_assert_int_eq(value_of(twin, SOL_SOCKET, SO_BUF_LOCK),
			 value_of(fd, SOL_SOCKET, SO_BUF_LOCK));
}
END_TEST

START_TEST(test_without_the_privilege_a_buffer_is_set_the_plain_way)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), twin;

	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &(int){30000}, sizeof(int));
	fake_kernel_install();
	fake_kernel_return(SYS_setsockopt, 1, -EPERM);
	twin = twin_of(fd);
	ck_assert_int_eq(fake_kernel_call(SYS_setsockopt, 1)->argument[2], SO_SNDBUFFORCE);
	ck_assert_int_eq(value_of(twin, SOL_SOCKET, SO_SNDBUF),
			 value_of(fd, SOL_SOCKET, SO_SNDBUF));
}
END_TEST

START_TEST(test_blocking_and_non_blocking_are_carried_and_the_twin_is_close_on_exec)
{
	int twin = twin_of(socket(AF_INET, SOCK_STREAM | (_i ? SOCK_NONBLOCK : 0), 0));

	ck_assert_int_eq(fcntl(twin, F_GETFL), O_RDWR | (_i ? O_NONBLOCK : 0));
	ck_assert_int_eq(fcntl(twin, F_GETFD), FD_CLOEXEC);
}
END_TEST

static const char *const bound[] = {"127.0.0.2", "::1", "::ffff:127.0.0.1"};

START_TEST(test_a_bound_address_is_carried_without_a_port)
{
	union nsc_address address = loopback_address(bound[_i], 0), carried_address;
	int fd = socket(address.any.sa_family, SOCK_STREAM, 0), twin;

	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &(int){1}, sizeof(int));
	ck_assert_int_eq(bind(fd, &address.any, nsc_address_size(&address)), 0);
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &(int){0}, sizeof(int));
	twin = twin_of(fd);
	carried_address = loopback_local(twin);
	ck_assert(nsc_address_equal(&carried_address, &address));
	/* The core set the option for its own bind. The twin must get the caller's value. */
	ck_assert_int_eq(value_of(twin, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT), 0);
}
END_TEST

/* bind(2) to an IPv6 address sets IPV6_V6ONLY. While no port is bound, it can be cleared again. */
static int bound_and_cleared(void)
{
	union nsc_address address = loopback_address("::1", 0);
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &(int){1}, sizeof(int));
	ck_assert_int_eq(bind(fd, &address.any, nsc_address_size(&address)), 0);
	ck_assert_int_eq(value_of(fd, IPPROTO_IPV6, IPV6_V6ONLY), 1);
	ck_assert_int_eq(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){0}, sizeof(int)), 0);
	return fd;
}

START_TEST(test_what_bind_does_to_v6only_is_taken_back_where_the_caller_has)
{
	int twin = twin_of(bound_and_cleared());

	ck_assert_int_eq(value_of(twin, IPPROTO_IPV6, IPV6_V6ONLY), 0);
}
END_TEST

static long refuse_v6only(const struct fake_call *call, void *unused)
{
	(void)unused;
	if (call->argument[1] == IPPROTO_IPV6 && call->argument[2] == IPV6_V6ONLY)
		return -EPERM;
	return fake_kernel_pass(call);
}

START_TEST(test_where_that_cannot_be_taken_back_there_is_no_twin)
{
	int fd = bound_and_cleared();

	fake_kernel_install();
	fake_kernel_answer(SYS_setsockopt, FAKE_EACH, refuse_v6only, NULL);
	ck_assert_int_eq(nsc_twin(fd, AF_INET6), -EOPNOTSUPP);
}
END_TEST

START_TEST(test_the_old_socket_is_only_read)
{
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &(int){30000}, sizeof(int));
	fake_kernel_install();
	twin_of(fd);
	for (unsigned i = 1; i <= fake_kernel_count(FAKE_ANY); i++) {
		const struct fake_call *call = fake_kernel_call(FAKE_ANY, i);

		if (call->number == SYS_socket || call->argument[0] != fd)
			continue;
		ck_assert(call->number == SYS_getsockopt || call->number == SYS_getsockname ||
			  call->number == SYS_statx || call->number == SYS_flistxattr ||
			  call->number == SYS_fgetxattr ||
			  (call->number == FAKE_FCNTL && call->argument[1] != F_SETFL));
	}
}
END_TEST

struct rooms {
	int asked, dirty;
};

/* TCP_ULP writes to the buffer. Reading TCP_AO_INFO also reads the buffer. */
static long read_the_room(const struct fake_call *call, void *rooms)
{
	unsigned char *room = (unsigned char *)call->argument[3];
	struct rooms *seen = rooms;

	if (call->argument[1] == IPPROTO_TCP && call->argument[2] == TCP_ULP) {
		memset(room, 0xff, NSC_OPTION_SIZE);
		*(socklen_t *)call->argument[4] = 0;
		return 0;
	}
	if (call->argument[1] != IPPROTO_TCP || call->argument[2] != TCP_AO_INFO)
		return fake_kernel_pass(call);
	seen->asked++;
	for (int i = 0; i < NSC_OPTION_SIZE; i++)
		seen->dirty += room[i] != 0;
	return -ENOENT;
}

START_TEST(test_what_the_kernel_reads_of_an_answers_room_is_zero)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct rooms seen = {0, 0};

	fake_kernel_install();
	fake_kernel_answer(SYS_getsockopt, FAKE_EACH, read_the_room, &seen);
	twin_of(fd);
	ck_assert_int_eq(seen.asked, 2);
	ck_assert_int_eq(seen.dirty, 0);
}
END_TEST

Suite *suite_twin(void)
{
	Suite *suite = suite_create("twin");
	TCase *options = tcase_create("options"), *rest = tcase_create("rest");

	tcase_add_loop_test(options, test_an_option_is_carried, 0,
			    2 * (int)(sizeof carried / sizeof *carried));
	tcase_add_test(options, test_options_longer_than_an_int_are_carried);
	tcase_add_test(options, test_a_buffer_of_the_kernels_is_not_made_the_callers);
	tcase_add_test(options,
		       test_a_buffer_of_the_callers_is_the_callers_even_where_the_size_is_the_same);
	tcase_add_test(options, test_without_the_privilege_a_buffer_is_set_the_plain_way);
	tcase_add_test(options, test_what_the_kernel_reads_of_an_answers_room_is_zero);
	suite_add_tcase(suite, options);
	tcase_add_loop_test(
		rest, test_blocking_and_non_blocking_are_carried_and_the_twin_is_close_on_exec, 0,
		2);
	tcase_add_loop_test(rest, test_a_bound_address_is_carried_without_a_port, 0,
			    (int)(sizeof bound / sizeof *bound));
	tcase_add_test(rest, test_what_bind_does_to_v6only_is_taken_back_where_the_caller_has);
	tcase_add_test(rest, test_where_that_cannot_be_taken_back_there_is_no_twin);
	tcase_add_test(rest, test_the_old_socket_is_only_read);
	suite_add_tcase(suite, rest);
	return suite;
}
