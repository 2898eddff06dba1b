/* SPDX-License-Identifier: MIT */
/* The interposed functions that can connect by MSG_FASTOPEN. */
#include "live.h"

#include <errno.h>
#include <poll.h>
#include <sys/syscall.h>
#include <string.h>
#include <unistd.h>

static const char request[] = "a request that must not go to oneself";

/* Sends `request` to `to` by one of these functions and returns its result. */
typedef long sender(int fd, struct place *to);

static long by_sendto(int fd, struct place *to)
{
	return sendto(fd, request, sizeof request, MSG_FASTOPEN, (struct sockaddr *)&to->address,
		      to->length);
}

static long by_sendmsg(int fd, struct place *to)
{
	struct iovec data = {(void *)(size_t)request, sizeof request};
	struct msghdr message = {.msg_name = &to->address,
				 .msg_namelen = to->length,
				 .msg_iov = &data,
				 .msg_iovlen = 1};

	return sendmsg(fd, &message, MSG_FASTOPEN);
}

static long by_sendmmsg(int fd, struct place *to)
{
	struct iovec data = {(void *)(size_t)request, sizeof request};
	struct mmsghdr message = {.msg_hdr = {.msg_name = &to->address,
					      .msg_namelen = to->length,
					      .msg_iov = &data,
					      .msg_iovlen = 1}};
	int sent = sendmmsg(fd, &message, 1, MSG_FASTOPEN);

	return sent == 1 ? (long)message.msg_len : sent;
}

static sender *const senders[] = {by_sendto, by_sendmsg, by_sendmmsg};

/*
 * Values of net.ipv4.tcp_fastopen. With 1 the client first asks for a cookie. With 5 it sends data
 * in the SYN without one.
 */
static const char *const modes[] = {"1", "5"};

static void send_and_have_it_refused(const char *address, sender *send, int flags)
{
	struct place to = place(address, PORT);
	int fd = tcp_socket(to, flags);
	long sent = send(fd, &to);
	int error = outcome(fd, sent < 0 ? -1 : 0);
	char byte;

	ck_assert_msg(!is_self_connected(fd), "connected to itself");
	if (sent >= 0) { /* the SYN took the data along; a read reports the refusal later */
		struct pollfd ready = {.fd = fd, .events = POLLIN};

		ck_assert_int_eq(poll(&ready, 1, 10000), 1);
		error = read(fd, &byte, 1) < 0 ? errno : 0;
	}
	ck_assert_msg(error == ECONNREFUSED, "%s", strerror(error));
	close(fd);
}

static void refused_by_every_door(const char *address)
{
	net_of_two_ports();
	for (size_t mode = 0; mode < 2; mode++) {
		netns_set("ipv4/tcp_fastopen", modes[mode]);
		for (size_t i = 0; i < sizeof senders / sizeof *senders; i++) {
			send_and_have_it_refused(address, senders[i], 0);
			send_and_have_it_refused(address, senders[i], SOCK_NONBLOCK);
		}
	}
	assert_port_free(place(address, PORT));
}

START_TEST(test_every_door_in_ipv4)
{
	refused_by_every_door("127.0.0.1");
}
END_TEST

START_TEST(test_every_door_in_ipv6)
{
	refused_by_every_door("::1");
}
END_TEST

/* Shows that the calls above would connect to themselves without the shim. */
START_TEST(test_without_the_shim_the_data_comes_back)
{
	struct place to = place("127.0.0.1", PORT);
	char back[sizeof request] = "";
	int fd;

	net_of_two_ports();
	fd = tcp_socket(to, 0);
	ck_assert_int_eq(syscall(SYS_sendto, fd, request, sizeof request, MSG_FASTOPEN, &to.address,
				 to.length),
			 sizeof request);
	ck_assert(is_self_connected(fd));
	ck_assert_int_eq(read(fd, back, sizeof back), sizeof back);
	ck_assert_str_eq(back, request);
	reset(fd);
}
END_TEST

START_TEST(test_a_server_gets_the_data_once)
{
	struct place to = place("127.0.0.1", PORT);
	char got[2 * sizeof request] = "";

	net_of_two_ports();
	for (size_t mode = 0; mode < 2; mode++) {
		netns_set("ipv4/tcp_fastopen", modes[mode]);
		for (size_t i = 0; i < sizeof senders / sizeof *senders; i++) {
			int server, client, accepted;

			send_and_have_it_refused("127.0.0.1", senders[i], 0);
			server = listener(to);
			client = tcp_socket(to, 0);
			ck_assert_int_eq(senders[i](client, &to), sizeof request);
			accepted = accept(server, NULL, NULL);
			close(client);
			ck_assert_int_eq(recv(accepted, got, sizeof got, MSG_WAITALL),
					 sizeof request);
			ck_assert_str_eq(got, request);
			close(accepted);
			close(server);
			net_of_two_ports();
		}
	}
}
END_TEST

START_TEST(test_without_the_flag_nothing_is_looked_at)
{
	struct place to = place("127.0.0.1", PORT);
	int fd, error;

	net_of_two_ports();
	fd = tcp_socket(to, 0);
	ck_assert_int_eq(sendto(fd, request, sizeof request, MSG_NOSIGNAL,
				(struct sockaddr *)&to.address, to.length),
			 -1);
	error = errno;
	ck_assert_int_eq(syscall(SYS_sendto, fd, request, sizeof request, MSG_NOSIGNAL, &to.address,
				 to.length),
			 -1);
	ck_assert_int_eq(error, errno);
	close(fd);
}
END_TEST

/* A connected socket needs no destination. UDP ignores the flag. */
START_TEST(test_messages_without_a_destination_go_through)
{
	struct place to = place("127.0.0.1", PORT);
	struct iovec part = {(void *)(uintptr_t)request, sizeof request};
	struct mmsghdr messages[2] = {{.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}},
				      {.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}}};
	int flags = _i ? MSG_FASTOPEN : 0, server, client;

	net_of_two_ports();
	server = socket(AF_INET, SOCK_DGRAM, 0);
	client = socket(AF_INET, SOCK_DGRAM, 0);
	ck_assert_int_eq(bind(server, (struct sockaddr *)&to.address, to.length), 0);
	ck_assert_int_eq(shim_connect(client, to), 0);
	ck_assert_int_eq(sendto(client, request, sizeof request, flags, NULL, 0), sizeof request);
	ck_assert_int_eq(sendmsg(client, &messages[0].msg_hdr, flags), sizeof request);
	/* Constants avoid a sign conversion: the flags are int in glibc and unsigned in musl. */
	ck_assert_int_eq(_i ? sendmmsg(client, messages, 2, MSG_FASTOPEN)
			    : sendmmsg(client, messages, 2, 0),
			 2);
	for (int i = 0; i < 4; i++) {
		char got[sizeof request] = "";

		ck_assert_int_eq(recv(server, got, sizeof got, 0), sizeof request);
		ck_assert_str_eq(got, request);
	}
}
END_TEST

START_TEST(test_bad_pointers_of_the_senders)
{
	struct mmsghdr messages = {.msg_hdr = {.msg_name = (void *)1L, .msg_namelen = 16}};
	int fd;

	net_of_two_ports();
	fd = tcp_socket(place("127.0.0.1", PORT), 0);
	ck_assert_int_eq(sendto(fd, request, 1, MSG_FASTOPEN, (void *)1L, 16), -1);
	ck_assert_int_eq(errno, EFAULT);
	ck_assert_int_eq(sendmsg(fd, (void *)1L, MSG_FASTOPEN), -1);
	ck_assert_int_eq(errno, EFAULT);
	ck_assert_int_eq(sendmsg(fd, &messages.msg_hdr, MSG_FASTOPEN), -1);
	ck_assert_int_eq(errno, EFAULT);
	ck_assert_int_eq(sendmmsg(fd, (void *)1L, 1, MSG_FASTOPEN), -1);
	ck_assert_int_eq(errno, EFAULT);
	ck_assert_int_eq(sendmmsg(fd, &messages, 1, MSG_FASTOPEN), -1);
	ck_assert_int_eq(errno, EFAULT);
	ck_assert_int_eq(sendmmsg(fd, NULL, 0, MSG_FASTOPEN), 0);
}
END_TEST

/* sendto(2): a NULL address means no address, whatever its length. */
START_TEST(test_no_address_with_a_length_is_none)
{
	int pair[2];
	char byte = 0;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	ck_assert_int_eq(sendto(pair[0], "x", 1, MSG_FASTOPEN, NULL, sizeof(struct sockaddr_in)),
			 1);
	ck_assert_int_eq(read(pair[1], &byte, 1), 1);
	ck_assert_int_eq(byte, 'x');
	close(pair[0]);
	close(pair[1]);
}
END_TEST

Suite *suite_live_fastopen(void)
{
	Suite *suite = suite_create("fastopen");
	TCase *doors = tcase_create("doors"), *wild = tcase_create("wild");

	tcase_add_test(doors, test_every_door_in_ipv4);
	tcase_add_test(doors, test_every_door_in_ipv6);
	tcase_add_test(doors, test_without_the_shim_the_data_comes_back);
	tcase_add_test(doors, test_a_server_gets_the_data_once);
	tcase_add_test(doors, test_without_the_flag_nothing_is_looked_at);
	tcase_add_loop_test(doors, test_messages_without_a_destination_go_through, 0, 2);
	tcase_add_test(doors, test_no_address_with_a_length_is_none);
	suite_add_tcase(suite, doors);
	tcase_set_tags(wild, LIVE_WILD);
	tcase_add_test(wild, test_bad_pointers_of_the_senders);
	suite_add_tcase(suite, wild);
	return suite;
}
