/* SPDX-License-Identifier: MIT */
/* NOSELFCONN_METHOD=prevent: no self-connection is made, and the socket keeps its port range. */
#include "live.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE 51 /* Linux 6.3 */
#endif

enum { ROUNDS = 200 };

/* Values of IP_LOCAL_PORT_RANGE. The low end is in the lower 16 bits. */
static const unsigned own_range = PORT | (PORT + 1U) << 16, one_port = PORT | (unsigned)PORT << 16;

static struct place to;
static int fd;

static unsigned range_of(int socket)
{
	socklen_t length = sizeof(int);
	unsigned range;

	ck_assert_int_eq(getsockopt(socket, IPPROTO_IP, IP_LOCAL_PORT_RANGE, &range, &length), 0);
	return range;
}

static void set_range(int socket, unsigned range)
{
	ck_assert_int_eq(setsockopt(socket, IPPROTO_IP, IP_LOCAL_PORT_RANGE, &range, sizeof range),
			 0);
}

/* Before Linux 6.3 prevention is impossible and the method is auto, which other suites test. */
static bool prepare(const char *address, int flags)
{
	socklen_t length = sizeof(int);
	int range;

	net_of_two_ports();
	to = place(address, PORT);
	fd = tcp_socket(to, flags);
	return getsockopt(fd, IPPROTO_IP, IP_LOCAL_PORT_RANGE, &range, &length) == 0;
}

/* How many connections of this namespace were reset: one for each repair. */
static long resets(void)
{
	FILE *file = fopen("/proc/self/net/snmp", "r");
	char line[512];
	long value = -1;

	ck_assert_ptr_nonnull(file);
	/* Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets
	 */
	while (fgets(line, sizeof line, file))
		if (sscanf(line, "Tcp: %*d %*d %*d %*d %*d %*d %*d %ld", &value) == 1)
			break;
	fclose(file);
	return value;
}

static const char *const addresses[] = {"127.0.0.1", "::1", "::ffff:127.0.0.1", "0.0.0.0"};

enum { ADDRESSES = sizeof addresses / sizeof *addresses };

START_TEST(test_nothing_is_left_to_repair)
{
	long before;

	if (!prepare(addresses[_i], 0))
		return;
	before = resets();
	for (int i = 0; i < ROUNDS; i++)
		assert_new_socket_refused(to, i % 2 ? SOCK_NONBLOCK : 0);
	ck_assert_int_eq(resets(), before);
	ck_assert_int_ge(before, 0);
	close(fd);
}
END_TEST

START_TEST(test_the_range_of_the_socket_stays)
{
	if (!prepare("127.0.0.1", 0))
		return;
	assert_refused(fd, to);
	ck_assert_uint_eq(range_of(fd), 0);
	set_range(fd, own_range);
	assert_refused(fd, to);
	ck_assert_uint_eq(range_of(fd), own_range);
	close(fd);
}
END_TEST

/* An end outside the system's range does not count. The last one leaves the port out itself. */
START_TEST(test_a_range_outside_the_systems)
{
	static const unsigned outside[] = {50000U | 50010U << 16, 1000U | 1010U << 16,
					   (PORT + 1U) | (PORT + 1U) << 16};

	if (!prepare("127.0.0.1", 0))
		return;
	set_range(fd, outside[_i]);
	assert_refused(fd, to);
	ck_assert_uint_eq(range_of(fd), outside[_i]);
	close(fd);
}
END_TEST

START_TEST(test_the_upper_port_of_the_range)
{
	long before;

	if (!prepare("127.0.0.1", 0))
		return;
	to = place("127.0.0.1", PORT + 1);
	before = resets();
	assert_refused(fd, to);
	ck_assert_int_eq(resets(), before);
	ck_assert_uint_eq(range_of(fd), 0);
	close(fd);
}
END_TEST

/* As with auto: the retry holds the port, so none is left. */
START_TEST(test_a_range_of_one_port)
{
	if (!prepare("127.0.0.1", 0))
		return;
	set_range(fd, one_port);
	ck_assert_int_eq(shim_connect(fd, to), -1);
	ck_assert_uint_eq(range_of(fd), one_port);
	close(fd);
	assert_port_free(to);
}
END_TEST

/*
 * Without the destination's port none is free. The shim calls again without prevention, and
 * repairs.
 */
START_TEST(test_no_other_port_is_free)
{
	struct place other = place("127.0.0.1", PORT + 1);
	int holder;

	if (!prepare("127.0.0.1", 0))
		return;
	holder = tcp_socket(other, 0);
	ck_assert_int_eq(bind(holder, (struct sockaddr *)&other.address, other.length), 0);
	ck_assert_int_eq(shim_connect(fd, to), -1);
	ck_assert(!is_self_connected(fd));
	ck_assert_uint_eq(range_of(fd), 0);
	close(holder);
	close(fd);
	assert_port_free(to);
}
END_TEST

static sigjmp_buf out;

static void jump_out(int signal)
{
	siglongjmp(out, signal);
}

START_TEST(test_a_jump_out_of_the_call)
{
	if (!prepare("127.0.0.1", 0))
		return;
	drop("tcp dport 40000");
	if (sigsetjmp(out, 1) == 0) {
		alarm_after(100, jump_out, 0);
		shim_connect(fd, to);
		ck_abort_msg("the call does not hang");
	}
	ck_assert_uint_eq(range_of(fd), 0);
	close(fd);
}
END_TEST

static void *connect_and_hang(void *unused)
{
	shim_connect(fd, to);
	return unused;
}

START_TEST(test_a_cancelled_thread)
{
	pthread_t thread;
	void *result;

	if (!prepare("127.0.0.1", 0))
		return;
	drop("tcp dport 40000");
	ck_assert_int_eq(pthread_create(&thread, NULL, connect_and_hang, NULL), 0);
	while (range_of(fd) == 0)
		usleep(1000);
	ck_assert_int_eq(pthread_cancel(thread), 0);
	ck_assert_int_eq(pthread_join(thread, &result), 0);
	ck_assert_ptr_eq(result, PTHREAD_CANCELED);
	ck_assert_uint_eq(range_of(fd), 0);
	close(fd);
}
END_TEST

static int epoll;
static volatile int told_connected, told_refused;

/*
 * The socket's error identifies the event: a socket that was never connected has EPOLLHUP and no
 * error.
 */
static void *wait_for_events(void *unused)
{
	struct epoll_event event;

	while (epoll_wait(epoll, &event, 1, -1) == 1 && event.data.fd >= 0) {
		socklen_t length = sizeof(int);
		int error = -1;

		if (getsockopt(event.data.fd, SOL_SOCKET, SO_ERROR, &error, &length))
			continue;
		if (error == 0 && !(event.events & EPOLLHUP))
			told_connected++;
		if (error == ECONNREFUSED)
			told_refused++;
	}
	return unused;
}

/* A thread whose epoll has the socket since before connect() must not see a connection. */
START_TEST(test_the_epoll_witness)
{
	struct epoll_event event = {.events = EPOLLOUT | EPOLLET};
	int ends[2];
	pthread_t thread;

	if (!prepare("127.0.0.1", 0))
		return;
	epoll = epoll_create1(0);
	ck_assert_int_eq(pthread_create(&thread, NULL, wait_for_events, NULL), 0);
	for (int i = 0; i < ROUNDS; i++) {
		int refused = told_refused, waiting = tcp_socket(to, SOCK_NONBLOCK);

		event.data.fd = waiting;
		ck_assert_int_eq(epoll_ctl(epoll, EPOLL_CTL_ADD, waiting, &event), 0);
		shim_connect(waiting, to);
		for (int n = 0; n < 1000 && told_refused == refused && told_connected == 0; n++)
			usleep(1000);
		close(waiting);
	}
	ck_assert_int_eq(pipe(ends), 0);
	event = (struct epoll_event){.events = EPOLLOUT, .data = {.fd = -1}};
	ck_assert_int_eq(epoll_ctl(epoll, EPOLL_CTL_ADD, ends[1], &event), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_int_eq(told_connected, 0);
	ck_assert_int_eq(told_refused, ROUNDS);
}
END_TEST

Suite *suite_live_prevent(void)
{
	Suite *suite = suite_create("prevent");
	TCase *prevented = tcase_create("prevented");

	tcase_set_timeout(prevented, 60);
	tcase_add_loop_test(prevented, test_nothing_is_left_to_repair, 0, ADDRESSES);
	tcase_add_test(prevented, test_the_range_of_the_socket_stays);
	tcase_add_loop_test(prevented, test_a_range_outside_the_systems, 0, 3);
	tcase_add_test(prevented, test_the_upper_port_of_the_range);
	tcase_add_test(prevented, test_a_range_of_one_port);
	tcase_add_test(prevented, test_no_other_port_is_free);
	tcase_add_test(prevented, test_a_jump_out_of_the_call);
	tcase_add_test(prevented, test_a_cancelled_thread);
	tcase_add_test(prevented, test_the_epoll_witness);
	suite_add_tcase(suite, prevented);
	return suite;
}
