/* SPDX-License-Identifier: MIT */
/* twin.c: sockets that cannot have a twin, because a property would be lost. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fake_kernel.h"
#include "kernel_constants.h"
#include "tap.h"
#include "twin.h"
#include "loopback.h"

static int tcp_socket(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_ge(fd, 0);
	return fd;
}

static void assert_no_twin(int fd)
{
	int before = open_descriptors();

	ck_assert_int_eq(nsc_twin(fd, AF_INET), -EOPNOTSUPP);
	ck_assert_int_eq(open_descriptors(), before);
}

START_TEST(test_a_socket_with_a_filter_has_no_twin)
{
	struct sock_filter all = {.code = BPF_RET | BPF_K, .k = 0xffffffff};
	struct sock_fprog program = {1, &all};
	int fd = tcp_socket();

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program))
		tap_skip("a filter cannot be attached here");
	fake_kernel_install();
	assert_no_twin(fd);
	/* Only its length is known, so there is no value to set. */
	ck_assert_uint_eq(fake_kernel_count(SYS_setsockopt), 0);
	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &(int){0}, sizeof(int)), 0);
	ck_assert_int_ge(nsc_twin(fd, AF_INET), 0);
}
END_TEST

START_TEST(test_a_socket_with_signals_or_an_owner_has_no_twin)
{
	int async = tcp_socket(), owned = tcp_socket(), signalled = tcp_socket();

	ck_assert_int_eq(fcntl(async, F_SETFL, O_ASYNC), 0);
	assert_no_twin(async);
	ck_assert_int_eq(fcntl(owned, F_SETOWN, getpid()), 0);
	assert_no_twin(owned);
	ck_assert_int_eq(fcntl(signalled, F_SETSIG, SIGRTMIN), 0);
	assert_no_twin(signalled);
}
END_TEST

static long know_no_locks(const struct fake_call *call, void *unused)
{
	(void)unused;
	if (call->argument[1] == SOL_SOCKET && call->argument[2] == SO_BUF_LOCK)
		return -ENOPROTOOPT;
	return fake_kernel_pass(call);
}

START_TEST(test_where_nobody_knows_who_sized_the_buffers_there_is_no_twin)
{
	fake_kernel_install();
	fake_kernel_answer(SYS_getsockopt, FAKE_EACH, know_no_locks, NULL);
	assert_no_twin(tcp_socket());
}
END_TEST

START_TEST(test_mptcp_has_no_twin)
{
	int fd = socket(AF_INET, SOCK_STREAM, NSC_IPPROTO_MPTCP);

	if (fd < 0)
		tap_skip("this kernel has no MPTCP");
	assert_no_twin(fd);
}
END_TEST

START_TEST(test_udp_and_what_is_no_socket_have_no_twin)
{
	assert_no_twin(socket(AF_INET, SOCK_DGRAM, 0));
	assert_no_twin(open("/dev/null", O_RDWR));
	assert_no_twin(4711);
}
END_TEST

START_TEST(test_a_value_that_was_not_taken_is_noticed)
{
	static const int options[][2] = {
		{IPPROTO_TCP, TCP_NODELAY}, {SOL_SOCKET, SO_SNDBUF}, {IPPROTO_IP, IP_TTL}};
	int fd = tcp_socket();

	ck_assert_int_eq(setsockopt(fd, options[_i][0], options[_i][1], &(int){100}, sizeof(int)),
			 0);
	fake_kernel_install();
	/* The call reports success and does nothing. */
	fake_kernel_return(SYS_setsockopt, FAKE_EACH, 0);
	assert_no_twin(fd);
	ck_assert_uint_ge(fake_kernel_count(SYS_setsockopt), 1);
}
END_TEST

static long unlock(const struct fake_call *call, void *fd)
{
	long result = fake_kernel_pass(call);

	if (call->argument[1] == SOL_SOCKET && call->argument[2] == SO_BUF_LOCK &&
	    call->argument[0] != *(int *)fd)
		*(int *)call->argument[3] = 0;
	return result;
}

START_TEST(test_a_buffer_that_the_kernel_tunes_all_the_same_is_noticed)
{
	int fd = tcp_socket();

	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &(int){30000}, sizeof(int)), 0);
	fake_kernel_install();
	fake_kernel_answer(SYS_getsockopt, FAKE_EACH, unlock, &fd);
	assert_no_twin(fd);
}
END_TEST

START_TEST(test_a_bound_address_that_was_not_taken_is_noticed)
{
	union nsc_address address = loopback_address("127.0.0.2", 0);
	int fd = tcp_socket();

	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &(int){1}, sizeof(int));
	ck_assert_int_eq(bind(fd, &address.any, sizeof address.in), 0);
	fake_kernel_install();
	fake_kernel_return(SYS_bind, 1, _i ? -EADDRNOTAVAIL : 0);
	assert_no_twin(fd);
}
END_TEST

static const int refusals[] = {EMFILE, ENFILE, ENOMEM, EACCES};

START_TEST(test_why_there_is_no_fresh_socket_is_told)
{
	int fd = tcp_socket();

	fake_kernel_install();
	fake_kernel_return(SYS_socket, 1, -refusals[_i]);
	ck_assert_int_eq(nsc_twin(fd, AF_INET), -refusals[_i]);
	ck_assert_uint_eq(fake_kernel_count(SYS_close), 0);
}
END_TEST

Suite *suite_twin_refused(void)
{
	Suite *suite = suite_create("twin_refused");
	TCase *lost = tcase_create("lost"), *faults = tcase_create("faults");

	tcase_add_test(lost, test_a_socket_with_a_filter_has_no_twin);
	tcase_add_test(lost, test_a_socket_with_signals_or_an_owner_has_no_twin);
	tcase_add_test(lost, test_where_nobody_knows_who_sized_the_buffers_there_is_no_twin);
	tcase_add_test(lost, test_mptcp_has_no_twin);
	tcase_add_test(lost, test_udp_and_what_is_no_socket_have_no_twin);
	suite_add_tcase(suite, lost);
	tcase_add_loop_test(faults, test_a_value_that_was_not_taken_is_noticed, 0, 3);
	tcase_add_test(faults, test_a_buffer_that_the_kernel_tunes_all_the_same_is_noticed);
	tcase_add_loop_test(faults, test_a_bound_address_that_was_not_taken_is_noticed, 0, 2);
	tcase_add_loop_test(faults, test_why_there_is_no_fresh_socket_is_told, 0,
			    (int)(sizeof refusals / sizeof *refusals));
	suite_add_tcase(suite, faults);
	return suite;
}
