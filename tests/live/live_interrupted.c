/* SPDX-License-Identifier: MIT */
/*
 * Calls that end before their connection is made: by a signal, a timeout, a jump or cancellation.
 */
#include "live.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static struct place to;

/* The source port in host byte order. */
static int port_of(int fd)
{
	struct sockaddr_in6 local; /* sin_port and sin6_port lie at the same place */
	socklen_t length = sizeof local;

	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&local, &length), 0);
	return ntohs(local.sin6_port);
}

static void return_from_handler(int signal)
{
	(void)signal;
}

/*
 * Until there is a peer, only the destination shows that this is a self-connection. These are its
 * forms.
 */
static const char *const forms[] = {"127.0.0.1", "0.0.0.0",          "::1",
				    "::",        "::ffff:127.0.0.1", "::ffff:0.0.0.0"};

enum { FORMS = sizeof forms / sizeof *forms };

/*
 * The first SYN to the socket itself is lost, and a signal ends the wait. The caller gets EINTR
 * while the repaired connection is being made from another port. The shim must not start the wait
 * again.
 */
START_TEST(test_eintr_stays_eintr)
{
	int fd;

	net_of_two_ports();
	to = place(forms[_i], PORT);
	drop("tcp dport 40000");
	fd = tcp_socket(to, 0);
	alarm_after(50, return_from_handler, 0);
	ck_assert_int_eq(bare_connect(fd, to), -1);
	ck_assert_int_eq(errno, EINTR);
	ck_assert_int_eq(port_of(fd), PORT);
	reset(fd);

	fd = tcp_socket(to, 0);
	alarm_after(50, return_from_handler, 0);
	ck_assert_int_eq(shim_connect(fd, to), -1);
	ck_assert_int_eq(errno, EINTR);
	ck_assert_int_eq(port_of(fd), PORT + 1);
	ck_assert_int_eq(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	run("PATH=$PATH:/usr/sbin nft flush ruleset");
	errno = EINPROGRESS;
	ck_assert_int_eq(outcome(fd, -1), ECONNREFUSED);
	close(fd);
	assert_port_free(to);
}
END_TEST

/* The kernel restarts a connect() under SA_RESTART, so only the final result can be seen. */
START_TEST(test_sa_restart)
{
	pid_t child;
	int fd;

	net_of_two_ports();
	to = place("127.0.0.1", PORT);
	drop("tcp dport 40000");
	alarm_after(50, return_from_handler, SA_RESTART);
	child = fork();
	if (child == 0) {
		usleep(200000);
		_exit(system("PATH=$PATH:/usr/sbin nft flush ruleset") != 0);
	}
	fd = tcp_socket(to, 0);
	assert_refused(fd, to); /* the kernel sends the SYN again after a second */
	close(fd);
	assert_port_free(to);
}
END_TEST

START_TEST(test_so_sndtimeo_is_not_waited_for_twice)
{
	struct timeval timeout = {.tv_usec = 50000}, left;
	socklen_t length = sizeof left; /* the kernel rounds to its ticks */
	int fd;

	net_of_two_ports();
	to = place("127.0.0.1", PORT);
	drop("tcp dport 40000");
	fd = tcp_socket(to, 0);
	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout), 0);
	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, &length), 0);
	ck_assert_int_eq(shim_connect(fd, to), -1);
	ck_assert_int_eq(errno, EINPROGRESS);
	ck_assert_int_eq(port_of(fd), PORT + 1);
	ck_assert_int_eq(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &left, &length), 0);
	ck_assert_int_eq(memcmp(&left, &timeout, sizeof left), 0);
	close(fd);
}
END_TEST

static sigjmp_buf out;

static void jump_from_handler(int signal)
{
	siglongjmp(out, signal);
}

/*
 * A time limit by siglongjmp(3) out of a retry that hangs. The holder must be closed, which frees
 * the port.
 */
START_TEST(test_a_jump_out_of_the_retry_leaves_nothing)
{
	int fd, before;

	net_of_two_ports();
	to = place("127.0.0.1", PORT);
	drop("tcp sport 40001");
	before = open_descriptors();
	fd = tcp_socket(to, 0);
	if (sigsetjmp(out, 1) == 0) {
		alarm_after(100, jump_from_handler, 0);
		shim_connect(fd, to);
		ck_abort_msg("the retry does not hang");
	}
	ck_assert_int_eq(open_descriptors(), before + 1);
	close(fd);
	close(listener(to));
}
END_TEST

static int thread_fd;

static void *connect_in_a_thread(void *type)
{
	pthread_setcanceltype(type ? PTHREAD_CANCEL_ASYNCHRONOUS : PTHREAD_CANCEL_DEFERRED, NULL);
	shim_connect(thread_fd, to);
	return NULL;
}

static void cancel_in_the_retry(bool asynchronous)
{
	pthread_t thread;
	void *result;
	int before;

	net_of_two_ports();
	to = place("127.0.0.1", PORT);
	drop("tcp sport 40001");
	before = open_descriptors();
	thread_fd = tcp_socket(to, 0);
	ck_assert_int_eq(
		pthread_create(&thread, NULL, connect_in_a_thread, asynchronous ? &out : NULL), 0);
	while (port_of(thread_fd) != PORT + 1)
		usleep(1000);
	ck_assert_int_eq(pthread_cancel(thread), 0);
	ck_assert_int_eq(pthread_join(thread, &result), 0);
	ck_assert_ptr_eq(result, PTHREAD_CANCELED);
	ck_assert_int_eq(open_descriptors(), before + 1);
	close(thread_fd);
	close(listener(to));
}

START_TEST(test_a_thread_cancelled_in_the_retry)
{
	cancel_in_the_retry(false);
}
END_TEST

START_TEST(test_a_thread_cancelled_asynchronously_in_the_retry)
{
	cancel_in_the_retry(true);
}
END_TEST

static void *cancel_oneself_and_connect(void *unused)
{
	pthread_cancel(pthread_self());
	shim_connect(thread_fd, to);
	return unused;
}

/*
 * connect() is a cancellation point (pthreads(7)), so a pending cancellation acts before it does
 * anything else.
 */
START_TEST(test_a_thread_cancelled_before_the_call)
{
	pthread_t thread;
	void *result;
	int before;

	net_of_two_ports();
	to = place("127.0.0.1", PORT);
	before = open_descriptors();
	thread_fd = tcp_socket(to, 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, cancel_oneself_and_connect, NULL), 0);
	ck_assert_int_eq(pthread_join(thread, &result), 0);
	ck_assert_ptr_eq(result, PTHREAD_CANCELED);
	ck_assert_int_eq(open_descriptors(), before + 1);
	ck_assert_int_eq(port_of(thread_fd), 0);
}
END_TEST

static void *connect_for_ever(void *unused)
{
	for (;;)
		shim_connect(thread_fd, to);
	return unused;
}

/*
 * At any moment, cancellation waits until a repair has ended, so that no holder and no twin remain.
 */
START_TEST(test_threads_cancelled_at_any_moment)
{
	int before;

	net_of_two_ports();
	to = place("127.0.0.1", PORT);
	thread_fd = tcp_socket(to, 0);
	before = open_descriptors();
	for (useconds_t i = 0; i < 300; i++) {
		pthread_t thread;

		ck_assert_int_eq(pthread_create(&thread, NULL, connect_for_ever, NULL), 0);
		usleep(i * 7 % 500);
		pthread_cancel(thread);
		pthread_join(thread, NULL);
		ck_assert_int_eq(open_descriptors(), before);
	}
	reset(thread_fd);
	assert_port_free(to);
}
END_TEST

Suite *suite_live_interrupted(void)
{
	Suite *suite = suite_create("interrupted");
	TCase *waits = tcase_create("waits"), *left = tcase_create("left");

	tcase_set_timeout(waits, 30);
	tcase_add_loop_test(waits, test_eintr_stays_eintr, 0, FORMS);
	tcase_add_test(waits, test_sa_restart);
	tcase_add_test(waits, test_so_sndtimeo_is_not_waited_for_twice);
	suite_add_tcase(suite, waits);
	tcase_set_timeout(left, 60);
	tcase_add_test(left, test_a_jump_out_of_the_retry_leaves_nothing);
	tcase_add_test(left, test_a_thread_cancelled_before_the_call);
	tcase_add_test(left, test_a_thread_cancelled_in_the_retry);
	tcase_add_test(left, test_a_thread_cancelled_asynchronously_in_the_retry);
	tcase_add_test(left, test_threads_cancelled_at_any_moment);
	suite_add_tcase(suite, left);
	return suite;
}
