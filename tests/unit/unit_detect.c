/* SPDX-License-Identifier: MIT */
/* detect.c: recognizing a self-connection by the kernel's answers about the socket. */
#include "unit.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/syscall.h>

#include "detect.h"
#include "fake_kernel.h"
#include "fake_socket.h"
#include "kernel_constants.h"
#include "loopback.h"

enum { FD = 7 }; /* no call on it reaches the kernel */

static bool detect(const char *destination)
{
	union nsc_address to = loopback_address(destination, 40000), local;

	return nsc_detect(FD, &to, -EINPROGRESS, &local);
}

/* Local address, and a destination that leads to it. */
static const char *const own[][2] = {
	{"127.0.0.1", "127.0.0.1"},
	{"192.0.2.1", "192.0.2.1"},
	{"::1", "::1"},
	{"2001:db8::1", "2001:db8::1"},
	{"fe80::1", "fe80::1"},
	{"::ffff:127.0.0.1", "::ffff:127.0.0.1"},
	{"127.0.0.1", "0.0.0.0"},
	{"::1", "::"},
	{"::ffff:127.0.0.1", "::ffff:0.0.0.0"},
	{"::ffff:127.0.0.1", "::"},
	{"::ffff:127.0.0.2", "::ffff:0.0.0.0"},
};

START_TEST(test_its_own_peer_is_detected)
{
	union nsc_address to = loopback_address(own[_i][1], 40000), local;

	fake_socket.local = fake_socket.peer = loopback_address(own[_i][0], 40000);
	ck_assert(nsc_detect(FD, &to, -EINPROGRESS, &local));
	ck_assert(nsc_address_equal(&local, &fake_socket.local));
}
END_TEST

START_TEST(test_its_own_peer_is_detected_while_the_handshake_lasts)
{
	fake_socket.local = loopback_address(own[_i][0], 40000);
	fake_socket.peer_error = ENOTCONN;
	ck_assert(detect(own[_i][1]));
}
END_TEST

/*
 * TCP_FASTOPEN_CONNECT had deferred the connection, which was then refused. `destination` comes
 * from a later send, and the kernel ignores it.
 */
START_TEST(test_a_closed_socket_is_not_about_to_connect)
{
	fake_socket.peer_error = ENOTCONN;
	fake_socket.state = TCP_CLOSE;
	ck_assert(!detect("127.0.0.1"));
	fake_socket.state = TCP_SYN_SENT;
	ck_assert(detect("127.0.0.1"));
}
END_TEST

START_TEST(test_another_destination_during_the_handshake_is_not_itself)
{
	fake_socket.peer_error = ENOTCONN;
	ck_assert(!detect("127.0.0.2"));
}
END_TEST

/* connect(2) to :: goes to loopback, whatever address the socket is bound to. */
START_TEST(test_the_ipv6_wildcard_is_not_an_address_that_the_socket_is_bound_to)
{
	static const char *const bound[] = {"fe80::1", "2001:db8::1", "::ffff:127.0.0.2"};

	fake_socket.local = loopback_address(bound[_i], 40000);
	fake_socket.peer_error = ENOTCONN;
	ck_assert(!detect("::"));
}
END_TEST

START_TEST(test_link_local_scopes_count_where_both_ends_have_one)
{
	union nsc_address to = loopback_address("fe80::1", 40000), local;

	fake_socket.local = to;
	fake_socket.local.in6.sin6_scope_id = 2;
	fake_socket.peer = fake_socket.local;
	ck_assert(nsc_detect(FD, &to, -EINPROGRESS, &local));
	ck_assert_uint_eq(local.in6.sin6_scope_id, 2);
	fake_socket.peer.in6.sin6_scope_id = 3;
	ck_assert(!nsc_detect(FD, &to, -EINPROGRESS, &local));
	fake_socket.peer_error = ENOTCONN;
	ck_assert(nsc_detect(FD, &to, -EINPROGRESS, &local));
	to.in6.sin6_scope_id = 3;
	ck_assert(!nsc_detect(FD, &to, -EINPROGRESS, &local));
}
END_TEST

START_TEST(test_another_peer_on_the_same_port_is_not_itself)
{
	fake_socket.local = loopback_address("127.0.0.2", 40000);
	ck_assert(!detect("127.0.0.1"));
	fake_socket.local = loopback_address("::1", 40000);
	ck_assert(!detect("127.0.0.1"));
}
END_TEST

START_TEST(test_another_port_costs_one_system_call)
{
	fake_socket.local = loopback_address("127.0.0.1", 40001);
	ck_assert(!detect("127.0.0.1"));
	ck_assert_uint_eq(fake_kernel_count(FAKE_ANY), 1);
	ck_assert_uint_eq(fake_kernel_count(SYS_getsockname), 1);
}
END_TEST

START_TEST(test_only_tcp_and_mptcp_count)
{
	static const struct {
		int protocol;
		bool counts;
	} known[] = {
		{IPPROTO_TCP, true},  {NSC_IPPROTO_MPTCP, true},
		{IPPROTO_UDP, false}, {IPPROTO_SCTP, false},
		{0, false},
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		fake_socket.protocol = known[i].protocol;
		ck_assert_int_eq(detect("127.0.0.1"), known[i].counts);
	}
}
END_TEST

START_TEST(test_a_socket_in_repair_mode_is_left_alone)
{
	fake_socket.repair = 1;
	ck_assert(!detect("127.0.0.1"));
	/* MPTCP, and kernels without checkpoint and restore, do not have this option. */
	fake_socket.repair_error = ENOPROTOOPT;
	ck_assert(detect("127.0.0.1"));
}
END_TEST

START_TEST(test_what_the_kernel_does_not_say_is_not_itself)
{
	fake_socket.local_error = ENOBUFS;
	ck_assert(!detect("127.0.0.1"));
	fake_socket.local_error = 0;
	fake_socket.peer_error = EBADF;
	ck_assert(!detect("127.0.0.1"));
	fake_socket.peer_error = 0;
	fake_socket.protocol_error = EPERM;
	ck_assert(!detect("127.0.0.1"));
	fake_socket.protocol_error = 0;
	ck_assert(detect("127.0.0.1"));
}
END_TEST

START_TEST(test_a_name_of_another_family_is_not_itself)
{
	fake_socket.local.any.sa_family = AF_UNIX;
	ck_assert(!detect("127.0.0.1"));
	ck_assert(!nsc_detect_portless(FD));
	fake_socket.local.any.sa_family = AF_INET;
	fake_socket.peer.any.sa_family = AF_UNIX;
	ck_assert(!detect("127.0.0.1"));
}
END_TEST

START_TEST(test_detecting_asks_and_changes_nothing)
{
	ck_assert(detect("127.0.0.1"));
	ck_assert(!nsc_detect_portless(FD));
	for (unsigned i = 1; i <= fake_kernel_count(FAKE_ANY); i++) {
		const struct fake_call *call = fake_kernel_call(FAKE_ANY, i);

		ck_assert(call->number == SYS_getsockname || call->number == SYS_getpeername ||
			  call->number == SYS_getsockopt);
		ck_assert_int_eq(call->argument[0], FD);
	}
}
END_TEST

START_TEST(test_a_tcp_socket_without_a_port_is_portless)
{
	fake_socket.local = loopback_address("0.0.0.0", 0);
	ck_assert(nsc_detect_portless(FD));
	fake_socket.local = loopback_address("::", 0);
	fake_socket.protocol = NSC_IPPROTO_MPTCP;
	ck_assert(nsc_detect_portless(FD));
	fake_socket.protocol = IPPROTO_UDP;
	ck_assert(!nsc_detect_portless(FD));
	fake_socket.protocol = IPPROTO_TCP;
	fake_socket.local = loopback_address("0.0.0.0", 1);
	ck_assert(!nsc_detect_portless(FD));
	fake_socket.local = loopback_address("0.0.0.0", 0);
	fake_socket.local_error = EBADF;
	ck_assert(!nsc_detect_portless(FD));
}
END_TEST

Suite *suite_detect(void)
{
	Suite *suite = suite_create("detect");
	TCase *itself = tcase_create("itself"), *other = tcase_create("other");

	tcase_add_checked_fixture(itself, fake_socket_install, NULL);
	tcase_add_loop_test(itself, test_its_own_peer_is_detected, 0,
			    (int)(sizeof own / sizeof *own));
	tcase_add_loop_test(itself, test_its_own_peer_is_detected_while_the_handshake_lasts, 0,
			    (int)(sizeof own / sizeof *own));
	tcase_add_test(itself, test_link_local_scopes_count_where_both_ends_have_one);
	tcase_add_test(itself, test_only_tcp_and_mptcp_count);
	tcase_add_test(itself, test_detecting_asks_and_changes_nothing);
	suite_add_tcase(suite, itself);
	tcase_add_checked_fixture(other, fake_socket_install, NULL);
	tcase_add_test(other, test_another_destination_during_the_handshake_is_not_itself);
	tcase_add_test(other, test_a_closed_socket_is_not_about_to_connect);
	tcase_add_loop_test(
		other, test_the_ipv6_wildcard_is_not_an_address_that_the_socket_is_bound_to, 0, 3);
	tcase_add_test(other, test_another_peer_on_the_same_port_is_not_itself);
	tcase_add_test(other, test_another_port_costs_one_system_call);
	tcase_add_test(other, test_a_socket_in_repair_mode_is_left_alone);
	tcase_add_test(other, test_what_the_kernel_does_not_say_is_not_itself);
	tcase_add_test(other, test_a_name_of_another_family_is_not_itself);
	tcase_add_test(other, test_a_tcp_socket_without_a_port_is_portless);
	suite_add_tcase(suite, other);
	return suite;
}
