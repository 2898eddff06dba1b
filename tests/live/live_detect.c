/* SPDX-License-Identifier: MIT */
/* The shim recognizes a self-connection in each of its forms. */
#include "live.h"

#include <unistd.h>

enum { MPTCP = 262 }; /* IPPROTO_MPTCP */

static void refused_in_every_mode(const char *address)
{
	struct place to;

	net_of_two_ports();
	to = place(address, PORT);
	for (int flags = 0; flags <= SOCK_NONBLOCK; flags += SOCK_NONBLOCK) {
		int fd = tcp_socket(to, 0);

		ck_assert_msg(bare_connect(fd, to) == 0 && is_self_connected(fd),
			      "%s does not hit itself", address);
		reset(fd);
		assert_new_socket_refused(to, flags);
		assert_port_free(to);
	}
}

START_TEST(test_ipv4_loopback)
{
	refused_in_every_mode("127.0.0.1");
}
END_TEST

/* Without a bind(2) the source would be 127.0.0.1. */
START_TEST(test_ipv4_bound_to_another_loopback_address)
{
	struct place at = place("127.1.2.3", 0), to = place("127.1.2.3", PORT);

	net_of_two_ports();
	netns_set_range(PORT, PORT + 3);
	for (int i = 0; i < 100; i++) {
		int fd = tcp_socket(to, i & 1 ? SOCK_NONBLOCK : 0);

		ck_assert_int_eq(bind(fd, (struct sockaddr *)&at.address, at.length), 0);
		assert_refused(fd, to);
		close(fd);
	}
	assert_port_free(to);
}
END_TEST

START_TEST(test_ipv6_loopback)
{
	refused_in_every_mode("::1");
}
END_TEST

START_TEST(test_v4_mapped)
{
	refused_in_every_mode("::ffff:127.0.0.1");
}
END_TEST

/*
 * Here a wildcard means the caller's own source address. A server must be able to bind the
 * wildcard, too.
 */
START_TEST(test_ipv4_wildcard)
{
	refused_in_every_mode("0.0.0.0");
}
END_TEST

START_TEST(test_ipv6_wildcard)
{
	refused_in_every_mode("::");
}
END_TEST

START_TEST(test_v4_mapped_wildcard)
{
	refused_in_every_mode("::ffff:0.0.0.0");
}
END_TEST

static void with_an_address(const char *address, const char *add)
{
	struct place to;

	net_of_two_ports();
	run(add);
	to = place(address, PORT);
	wait_for_itself(to);
	assert_new_socket_refused(to, 0);
	assert_new_socket_refused(to, SOCK_NONBLOCK);
	assert_port_free(to);
}

START_TEST(test_own_address_that_is_not_loopback)
{
	with_an_address("192.0.2.7", "ip address add 192.0.2.7/32 dev lo");
}
END_TEST

START_TEST(test_own_ipv6_address_that_is_not_loopback)
{
	with_an_address("2001:db8::7", "ip address add 2001:db8::7/128 dev lo nodad");
}
END_TEST

START_TEST(test_link_local_with_scope)
{
	with_an_address(
		"fe80::7%v0",
		"ip link add v0 type veth peer name v1 && ip link set v0 up && ip link set v1 up &&"
		" ip address add fe80::7/64 dev v0 nodad");
}
END_TEST

/*
 * Linux 6.17.13 leaves a TIME_WAIT for MPTCP after any teardown, which the shim cannot fix. It
 * would keep the next connection from being a self-connection, so each case has a namespace of its
 * own.
 */
static bool kernel_leaves_a_time_wait(struct place to)
{
	int fd;

	net_of_two_ports();
	fd = socket(AF_INET, SOCK_STREAM, MPTCP);
	ck_assert_int_eq(bare_connect(fd, to), 0);
	ck_assert_msg(is_self_connected(fd), "MPTCP does not hit itself");
	reset(fd);
	return port_is_traced();
}

START_TEST(test_mptcp)
{
	struct place to = place("127.0.0.1", PORT);
	int fd = socket(AF_INET, SOCK_STREAM, MPTCP);
	bool time_wait;

	if (fd < 0)
		tap_skip("this kernel has no MPTCP");
	close(fd);
	time_wait = kernel_leaves_a_time_wait(to);
	for (int flags = 0; flags <= SOCK_NONBLOCK; flags += SOCK_NONBLOCK) {
		net_of_two_ports();
		fd = socket(AF_INET, SOCK_STREAM | flags, MPTCP);
		assert_refused(fd, to);
		close(fd);
		if (!time_wait)
			assert_port_free(to);
	}
}
END_TEST

/* A datagram socket may be its own peer on purpose, and no handshake makes it so by accident. */
START_TEST(test_udp_is_left_alone)
{
	struct place to = place("127.0.0.1", PORT);
	bool itself = false;

	net_of_two_ports();
	for (int i = 0; i < 200 && !itself; i++) {
		int fd = socket(AF_INET, SOCK_DGRAM, 0);

		ck_assert_int_eq(shim_connect(fd, to), 0);
		itself = is_self_connected(fd);
		close(fd);
	}
	ck_assert_msg(itself, "none of 200 UDP sockets is its own peer");
}
END_TEST

Suite *suite_live_detect(void)
{
	Suite *suite = suite_create("detect");
	TCase *addresses = tcase_create("addresses"), *sockets = tcase_create("sockets");

	tcase_add_test(addresses, test_ipv4_loopback);
	tcase_add_test(addresses, test_ipv4_bound_to_another_loopback_address);
	tcase_add_test(addresses, test_ipv6_loopback);
	tcase_add_test(addresses, test_v4_mapped);
	tcase_add_test(addresses, test_ipv4_wildcard);
	tcase_add_test(addresses, test_ipv6_wildcard);
	tcase_add_test(addresses, test_v4_mapped_wildcard);
	tcase_add_test(addresses, test_own_address_that_is_not_loopback);
	tcase_add_test(addresses, test_own_ipv6_address_that_is_not_loopback);
	tcase_add_test(addresses, test_link_local_with_scope);
	suite_add_tcase(suite, addresses);
	tcase_add_test(sockets, test_mptcp);
	tcase_add_test(sockets, test_udp_is_left_alone);
	suite_add_tcase(suite, sockets);
	return suite;
}
