/* SPDX-License-Identifier: MIT */
/* TCP_FASTOPEN_CONNECT, which defers connect() until the first data. */
#include "live.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <unistd.h>

static const char request[] = "a request that must not go to oneself";

START_TEST(test_fastopen_connect_without_a_cookie)
{
	struct place to = place("127.0.0.1", PORT);
	int fd, yes = 1;

	net_of_two_ports();
	fd = tcp_socket(to, 0);
	ck_assert_int_eq(setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &yes, sizeof yes), 0);
	assert_refused(fd, to);
	close(fd);
	assert_port_free(to);
}
END_TEST

/*
 * connect() returns 0 before it sends a packet. It has already chosen a port, which would be the
 * wrong one.
 */
static void put_off(void)
{
	struct place to = place("127.0.0.1", PORT);
	struct sockaddr_in local;
	socklen_t length = sizeof local;
	int fd, yes = 1;

	for (int i = 0; i < 2; i++) {
		fd = tcp_socket(to, 0);
		ck_assert_int_eq(
			setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &yes, sizeof yes), 0);
		ck_assert_int_eq(i ? shim_connect(fd, to) : bare_connect(fd, to), 0);
		ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&local, &length), 0);
		ck_assert_int_eq(ntohs(local.sin_port), i ? PORT + 1 : PORT);
		if (i) {
			ck_assert(write(fd, request, sizeof request) < 0 || read(fd, &yes, 1) < 0);
			ck_assert_int_eq(errno, ECONNREFUSED);
		}
		close(fd);
	}
	assert_port_free(to);
}

START_TEST(test_fastopen_connect_that_needs_no_cookie)
{
	net_of_two_ports();
	netns_set("ipv4/tcp_fastopen", "5");
	put_off();
}
END_TEST

/* A cookie is valid for the address. An earlier client got it from a server on another port. */
START_TEST(test_fastopen_connect_with_a_cookie)
{
	struct place server = place("127.0.0.1", 50000);
	int listening, client, queue = 8;

	net(PORT, PORT + 1);
	netns_set("ipv4/tcp_fastopen", "3");
	listening = listener(server);
	ck_assert_int_eq(setsockopt(listening, IPPROTO_TCP, TCP_FASTOPEN, &queue, sizeof queue), 0);
	client = tcp_socket(server, 0);
	ck_assert_int_eq(sendto(client, request, sizeof request, MSG_FASTOPEN,
				(struct sockaddr *)&server.address, server.length),
			 sizeof request);
	reset(client);
	close(listening);
	put_off();
}
END_TEST

Suite *suite_live_fastopen_connect(void)
{
	Suite *suite = suite_create("fastopen_connect");
	TCase *option = tcase_create("option");

	tcase_add_test(option, test_fastopen_connect_without_a_cookie);
	tcase_add_test(option, test_fastopen_connect_that_needs_no_cookie);
	tcase_add_test(option, test_fastopen_connect_with_a_cookie);
	suite_add_tcase(suite, option);
	return suite;
}
