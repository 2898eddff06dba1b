/* SPDX-License-Identifier: MIT */
/* Threads that connect at the same time, on sockets of their own and on a shared one. */
#include "live.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

static struct place to;

static void *connect_new_sockets(void *failures)
{
	for (int i = 0; i < 500; i++) {
		int fd = tcp_socket(to, i & 1 ? SOCK_NONBLOCK : 0);

		if (outcome(fd, shim_connect(fd, to)) != ECONNREFUSED)
			__atomic_add_fetch((int *)failures, 1, __ATOMIC_RELAXED);
		close(fd);
	}
	return NULL;
}

START_TEST(test_threads_on_sockets_of_their_own)
{
	pthread_t threads[4];
	int failures = 0, before;

	net(PORT, PORT + 99); /* each holder occupies a port */
	to = place("127.0.0.1", PORT);
	before = open_descriptors();
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, connect_new_sockets, &failures),
				 0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	ck_assert_int_eq(failures, 0);
	ck_assert_int_eq(open_descriptors(), before);
	assert_port_free(to);
}
END_TEST

static int shared;

static void *connect_the_same_socket(void *failures)
{
	for (int i = 0; i < 500; i++) {
		int result = shim_connect(shared, to), error = errno;

		/*
		 * Errors that the kernel gives to threads that race for a socket. A success comes
		 * from the other thread's self-connection, just before the shim undoes it.
		 */
		if (result && (error != ECONNREFUSED && error != EINPROGRESS && error != EALREADY &&
			       error != EISCONN && error != ECONNABORTED))
			__atomic_add_fetch((int *)failures, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

START_TEST(test_threads_on_the_same_socket)
{
	pthread_t threads[2];
	int failures = 0, before;

	net_of_two_ports();
	to = place("127.0.0.1", PORT);
	shared = tcp_socket(to, SOCK_NONBLOCK);
	before = open_descriptors();
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(
			pthread_create(&threads[i], NULL, connect_the_same_socket, &failures), 0);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	ck_assert_int_eq(open_descriptors(), before);
	ck_assert_int_eq(failures, 0);
	ck_assert_msg(!is_self_connected(shared), "connected to itself");
	reset(shared);
	assert_port_free(to);
}
END_TEST

Suite *suite_live_threads(void)
{
	Suite *suite = suite_create("threads");
	TCase *threads = tcase_create("threads");

	tcase_set_timeout(threads, 60);
	tcase_add_test(threads, test_threads_on_sockets_of_their_own);
	/* With NOSELFCONN_METHOD=replace the other thread may notice, as documented. */
	if (strcmp(method(), "replace"))
		tcase_add_test(threads, test_threads_on_the_same_socket);
	suite_add_tcase(suite, threads);
	return suite;
}
