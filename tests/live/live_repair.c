/* SPDX-License-Identifier: MIT */
/* Nobody notices a repair: not the program, not the port's server, not the rest of the machine. */
#include "live.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

enum { MANY = 3000 };

static void many_are_refused(const char *address, int flags)
{
	struct place to = place(address, PORT);
	int before;

	net_of_two_ports();
	before = open_descriptors();
	for (int i = 0; i < MANY; i++)
		assert_new_socket_refused(to, flags);
	ck_assert_int_eq(open_descriptors(), before);
	assert_port_free(to);
}

START_TEST(test_3000_blocking_connects_are_refused)
{
	many_are_refused("127.0.0.1", 0);
}
END_TEST

START_TEST(test_3000_non_blocking_connects_are_refused)
{
	many_are_refused("127.0.0.1", SOCK_NONBLOCK);
}
END_TEST

START_TEST(test_3000_ipv6_connects_are_refused)
{
	many_are_refused("::1", SOCK_NONBLOCK);
}
END_TEST

START_TEST(test_the_port_is_free_at_once_for_a_server_without_reuseaddr)
{
	struct place to = place("127.0.0.1", PORT);
	int fd, server, client;

	net_of_two_ports();
	fd = tcp_socket(to, 0);
	assert_refused(fd, to);
	server = listener(to);
	client = tcp_socket(to, 0);
	ck_assert_int_eq(shim_connect(client, to), 0);
	ck_assert_int_eq(accept(server, NULL, NULL) >= 0, 1);
	close(fd);
}
END_TEST

START_TEST(test_the_same_socket_reaches_the_server_afterwards)
{
	struct place to = place("127.0.0.1", PORT);
	int fd, server;

	net_of_two_ports();
	fd = tcp_socket(to, 0);
	assert_refused(fd, to);
	server = listener(to);
	ck_assert_int_eq(shim_connect(fd, to), 0);
	ck_assert(!is_self_connected(fd));
	close(fd);
	close(server);
}
END_TEST

START_TEST(test_the_same_socket_can_be_repaired_again_and_again)
{
	struct place to = place("127.0.0.1", PORT);
	int fd, before;

	net_of_two_ports();
	fd = tcp_socket(to, 0);
	before = open_descriptors();
	for (int i = 0; i < 200; i++)
		assert_refused(fd, to);
	ck_assert_int_eq(open_descriptors(), before);
	close(fd);
	assert_port_free(to);
}
END_TEST

START_TEST(test_nothing_is_pending_in_so_error)
{
	struct place to = place("127.0.0.1", PORT);
	socklen_t length = sizeof(int);
	int fd, error;

	net_of_two_ports();
	fd = tcp_socket(to, 0);
	assert_refused(fd, to);
	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length), 0);
	ck_assert_int_eq(error, 0);
}
END_TEST

START_TEST(test_errno_of_a_success_stays_what_it_was)
{
	struct place to = place("127.0.0.1", PORT), at = place("127.0.0.1", 50000);
	int server, fd, own;

	net_of_two_ports();
	own = tcp_socket(to, 0); /* a repair begins and fails */
	ck_assert_int_eq(bind(own, (struct sockaddr *)&to.address, to.length), 0);
	errno = 77;
	ck_assert_int_eq(shim_connect(own, to), 0);
	ck_assert_int_eq(errno, 77);
	reset(own);
	server = listener(at);
	fd = tcp_socket(at, 0);
	errno = 77;
	ck_assert_int_eq(shim_connect(fd, at), 0);
	ck_assert_int_eq(errno, 77);
	close(fd);
	close(server);
}
END_TEST

START_TEST(test_close_on_exec_and_file_flags_stay)
{
	struct place to = place("127.0.0.1", PORT);

	net_of_two_ports();
	for (int flags = 0; flags < 4; flags++) {
		int type = (flags & 1 ? SOCK_CLOEXEC : 0) | (flags & 2 ? SOCK_NONBLOCK : 0);
		int fd = tcp_socket(to, type);
		int before = fcntl(fd, F_GETFL);

		assert_refused(fd, to);
		ck_assert_int_eq(fcntl(fd, F_GETFD), flags & 1 ? FD_CLOEXEC : 0);
		ck_assert_int_eq(fcntl(fd, F_GETFL), before);
		close(fd);
	}
}
END_TEST

START_TEST(test_signal_mask_and_cancellation_state_stay)
{
	struct place to = place("127.0.0.1", PORT);
	sigset_t before, after;
	int state;

	net_of_two_ports();
	sigemptyset(&before);
	sigaddset(&before, SIGUSR1);
	sigaddset(&before, SIGRTMAX);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	assert_new_socket_refused(to, 0);
	pthread_sigmask(SIG_SETMASK, NULL, &after);
	for (int i = 1; i <= SIGRTMAX; i++)
		ck_assert_msg(sigismember(&before, i) == sigismember(&after, i), "signal %d", i);
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &state);
	ck_assert_int_eq(state, PTHREAD_CANCEL_ENABLE);
}
END_TEST

/* Half of the range leads to a self-connection, and the result must be the same for either half. */
START_TEST(test_a_range_that_hits_half_the_time)
{
	struct place to = place("127.0.0.1", PORT);
	int before;

	net(PORT, PORT + 3);
	before = open_descriptors();
	for (int i = 0; i < 1000; i++)
		assert_new_socket_refused(to, i & 1 ? SOCK_NONBLOCK : 0);
	ck_assert_int_eq(open_descriptors(), before);
	assert_port_free(to);
}
END_TEST

Suite *suite_live_repair(void)
{
	Suite *suite = suite_create("repair");
	TCase *many = tcase_create("many"), *after = tcase_create("after");

	tcase_set_timeout(many, 60);
	tcase_add_test(many, test_3000_blocking_connects_are_refused);
	tcase_add_test(many, test_3000_non_blocking_connects_are_refused);
	tcase_add_test(many, test_3000_ipv6_connects_are_refused);
	tcase_add_test(many, test_a_range_that_hits_half_the_time);
	suite_add_tcase(suite, many);
	tcase_add_test(after, test_the_port_is_free_at_once_for_a_server_without_reuseaddr);
	tcase_add_test(after, test_the_same_socket_reaches_the_server_afterwards);
	tcase_add_test(after, test_the_same_socket_can_be_repaired_again_and_again);
	tcase_add_test(after, test_nothing_is_pending_in_so_error);
	tcase_add_test(after, test_errno_of_a_success_stays_what_it_was);
	tcase_add_test(after, test_close_on_exec_and_file_flags_stay);
	tcase_add_test(after, test_signal_mask_and_cancellation_state_stay);
	suite_add_tcase(suite, after);
	return suite;
}
