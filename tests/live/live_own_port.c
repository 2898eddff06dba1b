/* SPDX-License-Identifier: MIT */
/*
 * A port that the caller bound itself is left alone: a deliberate self-connection works as without
 * the shim.
 */
#include "live.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

static void connects_to_itself(const char *bound, const char *address, int option, int flags)
{
	struct place at = place(bound, PORT), to = place(address, PORT);
	int fd = tcp_socket(to, flags), yes = 1;
	ino_t inode = inode_of(fd);
	char byte = 'x';

	if (option)
		ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, option, &yes, sizeof yes), 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&at.address, at.length), 0);
	ck_assert_int_eq(outcome(fd, shim_connect(fd, to)), 0);
	ck_assert_msg(is_self_connected(fd), "the deliberate self-connection is gone");
	ck_assert_msg(inode_of(fd) == inode, "the socket was replaced");
	ck_assert_int_eq(write(fd, &byte, 1), 1);
	byte = 0;
	wait_ready(fd, POLLIN);
	ck_assert_int_eq(read(fd, &byte, 1), 1);
	ck_assert_int_eq(byte, 'x');
	reset(fd);
}

static void connects_to_itself_in_every_mode(const char *bound, const char *address)
{
	static const int options[] = {0, SO_REUSEADDR, SO_REUSEPORT};
	int before;

	net_of_two_ports();
	before = open_descriptors();
	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		for (int flags = 0; flags <= SOCK_NONBLOCK; flags += SOCK_NONBLOCK)
			connects_to_itself(bound, address, options[i], flags);
	ck_assert_int_eq(open_descriptors(), before);
}

START_TEST(test_bound_to_the_address)
{
	connects_to_itself_in_every_mode("127.0.0.1", "127.0.0.1");
}
END_TEST

START_TEST(test_bound_to_the_wildcard)
{
	connects_to_itself_in_every_mode("0.0.0.0", "127.0.0.1");
}
END_TEST

START_TEST(test_bound_in_ipv6)
{
	connects_to_itself_in_every_mode("::1", "::1");
}
END_TEST

START_TEST(test_bound_to_the_ipv6_wildcard_and_v4_mapped)
{
	connects_to_itself_in_every_mode("::", "::ffff:127.0.0.1");
}
END_TEST

/* Some programs call connect() again to ask whether a connection in progress is ready. */
START_TEST(test_asking_again_whether_it_is_there_leaves_it_as_it_is)
{
	struct place to = place("127.0.0.1", PORT);
	char bytes[2] = "";
	int fd;

	net_of_two_ports();
	fd = tcp_socket(to, SOCK_NONBLOCK);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&to.address, to.length), 0);
	ck_assert_int_eq(shim_connect(fd, to), -1);
	ck_assert_int_eq(errno, EINPROGRESS);
	ck_assert(is_self_connected(fd));
	wait_ready(fd, POLLOUT);
	ck_assert_int_eq(write(fd, "x", 1), 1);
	ck_assert_int_eq(shim_connect(fd, to), 0);
	ck_assert_int_eq(shim_connect(fd, to), -1);
	ck_assert_int_eq(errno, EISCONN);
	wait_ready(fd, POLLIN);
	ck_assert_int_eq(read(fd, bytes, 1), 1);
	ck_assert_str_eq(bytes, "x");
	reset(fd);
}
END_TEST

START_TEST(test_registered_with_epoll)
{
	struct place to = place("127.0.0.1", PORT);
	struct epoll_event event = {.events = EPOLLOUT | EPOLLET};
	int epoll = epoll_create1(0), fd;

	net_of_two_ports();
	fd = tcp_socket(to, SOCK_NONBLOCK);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&to.address, to.length), 0);
	ck_assert_int_eq(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), 0);
	shim_connect(fd, to);
	ck_assert_int_eq(epoll_wait(epoll, &event, 1, 10000), 1);
	ck_assert_int_eq(event.events, EPOLLOUT);
	ck_assert(is_self_connected(fd));
	reset(fd);
}
END_TEST

/*
 * Binding to port 0 leaves the choice to the kernel. Go and the kernel (no SOCK_BINDPORT_LOCK)
 * follow the same rule.
 */
START_TEST(test_an_address_bound_with_port_0_is_not_a_port_of_ones_own)
{
	struct place to = place("127.0.0.1", PORT), at = place("127.0.0.1", 0);
	struct sockaddr_in local;
	socklen_t length = sizeof local;
	int fd, busy;

	net_of_two_ports();
	busy = listener(place("127.0.0.1", PORT + 1)); /* bind(2) prefers odd ports */
	fd = tcp_socket(to, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&at.address, at.length), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&local, &length), 0);
	ck_assert_int_eq(ntohs(local.sin_port), PORT);
	close(busy);
	assert_refused(fd, to);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&local, &length), 0);
	ck_assert_msg(local.sin_addr.s_addr == htonl(INADDR_LOOPBACK), "the bound address is lost");
	assert_port_free(to);
}
END_TEST

/*
 * connect() chooses the port while another connection of the machine uses it, so it cannot be held.
 */
START_TEST(test_a_port_shared_with_another_connection_is_the_kernels)
{
	struct place server = place("127.0.0.1", 50000), to = place("127.0.0.1", PORT);
	int listening, other, fd;

	net_of_two_ports();
	listening = listener(server);
	other = tcp_socket(server, 0);
	ck_assert_int_eq(shim_connect(other, server), 0);
	fd = tcp_socket(to, 0);
	ck_assert_int_eq(bare_connect(fd, to), 0);
	ck_assert_msg(is_self_connected(fd), "the port is not shared");
	reset(fd);
	assert_new_socket_refused(to, 0);
	assert_new_socket_refused(to, SOCK_NONBLOCK);
	close(other);
	close(listening);
}
END_TEST

Suite *suite_live_own_port(void)
{
	Suite *suite = suite_create("own port");
	TCase *left_alone = tcase_create("left alone"), *repaired = tcase_create("repaired");

	tcase_add_test(left_alone, test_bound_to_the_address);
	tcase_add_test(left_alone, test_bound_to_the_wildcard);
	tcase_add_test(left_alone, test_bound_in_ipv6);
	tcase_add_test(left_alone, test_bound_to_the_ipv6_wildcard_and_v4_mapped);
	tcase_add_test(left_alone, test_asking_again_whether_it_is_there_leaves_it_as_it_is);
	tcase_add_test(left_alone, test_registered_with_epoll);
	suite_add_tcase(suite, left_alone);
	tcase_add_test(repaired, test_an_address_bound_with_port_0_is_not_a_port_of_ones_own);
	tcase_add_test(repaired, test_a_port_shared_with_another_connection_is_the_kernels);
	suite_add_tcase(suite, repaired);
	return suite;
}
