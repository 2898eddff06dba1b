/* SPDX-License-Identifier: MIT */
/*
 * Everyone who waits for the connection learns its result: epoll, poll, select, signals, io_uring,
 * threads.
 */
#include "live.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PATIENCE = 10000 }; /* ms */

static struct place to;

static int socket_in_a_net_of_its_own(void)
{
	net_of_two_ports();
	to = place("127.0.0.1", PORT);
	return tcp_socket(to, SOCK_NONBLOCK);
}

static void assert_pending_refusal(int fd)
{
	socklen_t length = sizeof(int);
	int error;

	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length), 0);
	ck_assert_msg(!is_self_connected(fd), "connected to itself");
	ck_assert_int_eq(error, ECONNREFUSED);
}

static int watch(int fd, unsigned events)
{
	struct epoll_event event = {.events = events, .data = {.fd = fd}};
	int epoll = epoll_create1(0);

	ck_assert_int_eq(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), 0);
	return epoll;
}

static void registered(unsigned events)
{
	int fd = socket_in_a_net_of_its_own(), epoll = watch(fd, events), other = watch(fd, events);
	int outer = watch(epoll, EPOLLIN);
	struct epoll_event event;

	/* An unconnected socket is ready with EPOLLHUP. Consume that event first. */
	epoll_wait(epoll, &event, 1, 0);
	if (events & EPOLLONESHOT) {
		event.events = events;
		event.data.fd = fd;
		ck_assert_int_eq(epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event), 0);
	}
	shim_connect(fd, to);
	ck_assert_int_eq(epoll_wait(outer, &event, 1, PATIENCE), 1);
	ck_assert_int_eq(epoll_wait(epoll, &event, 1, PATIENCE), 1);
	ck_assert_int_eq(event.data.fd, fd);
	ck_assert_int_eq(event.events & (EPOLLOUT | EPOLLERR | EPOLLHUP),
			 EPOLLOUT | EPOLLERR | EPOLLHUP);
	ck_assert_int_eq(epoll_wait(other, &event, 1, PATIENCE), 1);
	assert_pending_refusal(fd);
	close(fd);
	assert_port_free(to);
}

START_TEST(test_epoll_level)
{
	registered(EPOLLIN | EPOLLOUT);
}
END_TEST

START_TEST(test_epoll_edge)
{
	registered(EPOLLOUT | EPOLLET);
}
END_TEST

START_TEST(test_epoll_oneshot)
{
	registered(EPOLLOUT | EPOLLONESHOT);
}
END_TEST

START_TEST(test_epoll_exclusive)
{
	registered(EPOLLOUT | EPOLLEXCLUSIVE);
}
END_TEST

START_TEST(test_poll)
{
	int fd = socket_in_a_net_of_its_own();
	struct pollfd ready = {.fd = fd, .events = POLLOUT};

	shim_connect(fd, to);
	ck_assert_int_eq(poll(&ready, 1, PATIENCE), 1);
	ck_assert_int_eq(ready.revents, POLLOUT | POLLERR | POLLHUP);
	assert_pending_refusal(fd);
}
END_TEST

START_TEST(test_select)
{
	int fd = socket_in_a_net_of_its_own();
	struct timeval patience = {PATIENCE / 1000, 0};
	fd_set ready;

	FD_ZERO(&ready);
	FD_SET((unsigned)fd, &ready); /* musl's macro would warn of the sign */
	shim_connect(fd, to);
	ck_assert_int_eq(select(fd + 1, NULL, &ready, NULL, &patience), 1);
	assert_pending_refusal(fd);
}
END_TEST

START_TEST(test_signal_driven)
{
	int fd = socket_in_a_net_of_its_own(), number = SIGRTMIN + 1;
	struct timespec patience = {PATIENCE / 1000, 0};
	siginfo_t info;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, number);
	sigprocmask(SIG_BLOCK, &set, NULL);
	ck_assert_int_eq(fcntl(fd, F_SETSIG, number), 0);
	ck_assert_int_eq(fcntl(fd, F_SETOWN, getpid()), 0);
	ck_assert_int_eq(fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK | O_ASYNC), 0);
	shim_connect(fd, to);
	ck_assert_int_eq(sigtimedwait(&set, &info, &patience), number);
	ck_assert_int_eq(info.si_fd, fd);
	ck_assert_int_eq(fcntl(fd, F_GETSIG), number);
	assert_pending_refusal(fd);
}
END_TEST

/* A minimal io_uring: one entry in, one out. Returns false if the kernel provides none. */
static bool uring_poll(int fd, int *ring, struct io_uring_cqe **completions, const unsigned **tail)
{
	struct io_uring_params parameters = {0};
	struct io_uring_sqe *entry;
	unsigned *array;
	char *queue;

	*ring = (int)syscall(SYS_io_uring_setup, 4, &parameters);
	if (*ring < 0)
		return false;
	queue = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, *ring, IORING_OFF_SQ_RING);
	entry = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, *ring, (off_t)IORING_OFF_SQES);
	ck_assert(queue != MAP_FAILED && entry != MAP_FAILED);
	*entry = (struct io_uring_sqe){
		.opcode = IORING_OP_POLL_ADD, .fd = fd, .poll32_events = POLLIN};
	array = (void *)(queue + parameters.sq_off.array);
	array[0] = 0;
	__atomic_store_n((unsigned *)(void *)(queue + parameters.sq_off.tail), 1, __ATOMIC_RELEASE);
	if (parameters.features & IORING_FEAT_SINGLE_MMAP)
		*completions = (void *)(queue + parameters.cq_off.cqes);
	*tail = (void *)(queue + parameters.cq_off.tail);
	return syscall(SYS_io_uring_enter, *ring, 1, 0, 0, NULL, 0) == 1;
}

START_TEST(test_io_uring)
{
	int fd = socket_in_a_net_of_its_own(), ring;
	struct io_uring_cqe *completion = NULL;
	const unsigned *tail;

	drop("tcp sport 40001 tcp dport 40000"); /* the retry ends while the ring waits */
	shim_connect(fd, to);
	ck_assert_int_eq(errno, EINPROGRESS);
	if (!uring_poll(fd, &ring, &completion, &tail))
		tap_skip("no io_uring can be made here");
	ck_assert_ptr_nonnull(completion);
	ck_assert_uint_eq(*tail, 0);
	run("PATH=$PATH:/usr/sbin nft flush ruleset");
	ck_assert_int_eq(syscall(SYS_io_uring_enter, ring, 0, 1, IORING_ENTER_GETEVENTS, NULL, 0),
			 0);
	ck_assert_int_eq(completion->res & POLLERR, POLLERR);
	assert_pending_refusal(fd);
}
END_TEST

static void *wait_in_poll(void *fd)
{
	struct pollfd ready = {.fd = *(int *)fd, .events = POLLIN};

	/*
	 * POLLHUP of the unconnected socket or POLLERR of the refused one: either way the wait
	 * ends.
	 */
	return poll(&ready, 1, PATIENCE) == 1 ? NULL : fd;
}

static void *wait_in_epoll(void *epoll)
{
	struct epoll_event event;

	return epoll_wait(*(int *)epoll, &event, 1, PATIENCE) == 1 ? NULL : epoll;
}

START_TEST(test_a_thread_waits_in_epoll_while_another_connects)
{
	int fd = socket_in_a_net_of_its_own(), epoll = watch(fd, EPOLLIN | EPOLLET);
	struct epoll_event event;
	pthread_t thread;
	void *failed;

	epoll_wait(epoll, &event, 1, 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, wait_in_epoll, &epoll), 0);
	usleep(20000);
	shim_connect(fd, to);
	ck_assert_int_eq(pthread_join(thread, &failed), 0);
	ck_assert_ptr_null(failed);
	assert_pending_refusal(fd);
}
END_TEST

START_TEST(test_a_thread_waits_in_poll_while_another_connects)
{
	int fd = socket_in_a_net_of_its_own();
	pthread_t thread;
	void *failed;

	ck_assert_int_eq(pthread_create(&thread, NULL, wait_in_poll, &fd), 0);
	shim_connect(fd, to);
	ck_assert_int_eq(pthread_join(thread, &failed), 0);
	ck_assert_ptr_null(failed);
	ck_assert_msg(!is_self_connected(fd), "connected to itself");
}
END_TEST

Suite *suite_live_waiters(void)
{
	Suite *suite = suite_create("waiters");
	TCase *noticing = tcase_create("would notice"), *waits = tcase_create("waits");

	tcase_set_timeout(noticing, 30);
	tcase_add_test(noticing, test_epoll_level);
	tcase_add_test(noticing, test_epoll_edge);
	tcase_add_test(noticing, test_epoll_oneshot);
	tcase_add_test(noticing, test_epoll_exclusive);
	tcase_add_test(noticing, test_signal_driven);
	tcase_add_test(noticing, test_io_uring);
	tcase_add_test(noticing, test_a_thread_waits_in_epoll_while_another_connects);
	/*
	 * NOSELFCONN_METHOD=replace skips the checks for others who might notice, so it does not
	 * suit such programs.
	 */
	if (strcmp(method(), "replace"))
		suite_add_tcase(suite, noticing);
	tcase_set_timeout(waits, 30);
	tcase_add_test(waits, test_poll);
	tcase_add_test(waits, test_select);
	tcase_add_test(waits, test_a_thread_waits_in_poll_while_another_connects);
	suite_add_tcase(suite, waits);
	return suite;
}
