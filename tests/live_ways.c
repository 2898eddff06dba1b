/* SPDX-License-Identifier: MIT */
/* Replace where nobody can notice, rewind where somebody might. */
#include "live.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char loopback[] = "127.0.0.1";

static bool forced(const char *way)
{
	return strcmp(method(), way) == 0;
}

START_TEST(test_a_plain_client_gets_a_fresh_socket)
{
	struct place to = place(loopback, PORT);

	net_of_two_ports();
	assert_replaced_unless_forced(tcp_socket(to, 0), to);
	assert_replaced_unless_forced(tcp_socket(to, SOCK_NONBLOCK), to);
}
END_TEST

START_TEST(test_an_epoll_instance_means_rewind)
{
	struct place to = place(loopback, PORT);
	struct epoll_event event = {.events = EPOLLOUT | EPOLLET};
	int epoll = epoll_create1(0), fd;

	net_of_two_ports();
	fd = tcp_socket(to, SOCK_NONBLOCK);
	ck_assert_int_eq(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), 0);
	assert_rewound_by_auto(fd, to);
	if (!forced("replace")) /* which loses the registration, as its description says */
		ck_assert_int_eq(epoll_wait(epoll, &event, 1, 10000), 1);
}
END_TEST

static sem_t over;

static void *wait_for_the_end(void *unused)
{
	sem_wait(&over);
	return unused;
}

START_TEST(test_another_thread_means_rewind)
{
	struct place to = place(loopback, PORT);
	pthread_t thread;

	net_of_two_ports();
	sem_init(&over, 0, 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, wait_for_the_end, NULL), 0);
	assert_rewound_by_auto(tcp_socket(to, 0), to);
	sem_post(&over);
	pthread_join(thread, NULL);
	assert_replaced_unless_forced(tcp_socket(to, 0), to);
}
END_TEST

START_TEST(test_a_duplicate_means_rewind)
{
	struct place to = place(loopback, PORT);
	int fd, duplicate;

	net_of_two_ports();
	fd = tcp_socket(to, 0);
	duplicate = dup(fd);
	assert_rewound_by_auto(fd, to);
	if (!forced("replace"))
		ck_assert_uint_eq(inode_of(fd), inode_of(duplicate));
}
END_TEST

START_TEST(test_more_descriptors_than_are_looked_at_mean_rewind)
{
	struct place to = place(loopback, PORT);

	net_of_two_ports();
	for (int i = 0; i < 100; i++)
		ck_assert_int_ge(open("/dev/null", O_RDONLY), 0);
	assert_rewound_by_auto(tcp_socket(to, 0), to);
}
END_TEST

START_TEST(test_an_io_uring_means_rewind)
{
	struct place to = place(loopback, PORT);
	char parameters[256] = {0};

	net_of_two_ports();
	if (syscall(SYS_io_uring_setup, 4, parameters) < 0)
		return; /* none can be made here, so none can be in the way */
	assert_rewound_by_auto(tcp_socket(to, 0), to);
}
END_TEST

START_TEST(test_no_descriptor_free_means_rewind)
{
	struct place to = place(loopback, PORT);
	struct rlimit limit = {0, 0};
	int fd, before;

	net_of_two_ports();
	before = open_descriptors();
	fd = tcp_socket(to, 0);
	limit.rlim_max = (rlim_t)fd + 1000;
	for (limit.rlim_cur = (rlim_t)fd + 1; limit.rlim_cur <= (rlim_t)fd + 3; limit.rlim_cur++) {
		bool roomy = limit.rlim_cur == (rlim_t)fd + 3; /* for a holder and a twin */

		ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
		ck_assert_int_eq(was_replaced(fd, to), roomy && !forced("rewind"));
	}
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	ck_assert_int_eq(open_descriptors(), before + 1);
	close(fd);
	assert_port_free(to);
}
END_TEST

/* What follows cannot be carried over to a fresh socket: no method replaces it. */
START_TEST(test_an_attached_filter_means_rewind)
{
	struct sock_filter accept_all[] = {{BPF_RET | BPF_K, 0, 0, 0xffffffff}};
	struct sock_fprog program = {1, accept_all};
	struct place to = place(loopback, PORT);
	socklen_t length = 0;
	int fd;

	net_of_two_ports();
	fd = tcp_socket(to, 0);
	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program), 0);
	assert_rewound(fd, to);
	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, NULL, &length), 0);
	ck_assert_uint_eq(length, 1);
}
END_TEST

START_TEST(test_o_async_means_rewind)
{
	struct place to = place(loopback, PORT);
	int fd;

	net_of_two_ports();
	signal(SIGIO, SIG_IGN);
	fd = tcp_socket(to, 0);
	ck_assert_int_eq(fcntl(fd, F_SETOWN, getpid()), 0);
	ck_assert_int_eq(fcntl(fd, F_SETFL, O_RDWR | O_ASYNC), 0);
	assert_rewound(fd, to);
	ck_assert_int_eq(fcntl(fd, F_GETFL) & O_ASYNC, O_ASYNC);
	ck_assert_int_eq(fcntl(fd, F_GETOWN), getpid());
}
END_TEST

static void drop_all_capabilities(void)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct none[2] = {{0, 0, 0}};

	ck_assert_int_eq((int)syscall(SYS_capset, &header, none), 0);
}

START_TEST(test_a_mark_that_can_no_longer_be_set_means_rewind)
{
	struct place to = place(loopback, PORT);
	socklen_t length = sizeof(int);
	int fd, mark = 7;

	net_of_two_ports();
	fd = tcp_socket(to, 0);
	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof mark), 0);
	assert_replaced_unless_forced(fd, to);
	drop_all_capabilities();
	assert_rewound(fd, to);
	mark = 0;
	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_MARK, &mark, &length), 0);
	ck_assert_int_eq(mark, 7);
}
END_TEST

Suite *suite_live_ways(void)
{
	Suite *suite = suite_create("ways");
	TCase *noticed = tcase_create("noticed"), *carried = tcase_create("carried");

	tcase_add_test(noticed, test_a_plain_client_gets_a_fresh_socket);
	tcase_add_test(noticed, test_an_epoll_instance_means_rewind);
	tcase_add_test(noticed, test_another_thread_means_rewind);
	tcase_add_test(noticed, test_a_duplicate_means_rewind);
	tcase_add_test(noticed, test_more_descriptors_than_are_looked_at_mean_rewind);
	tcase_add_test(noticed, test_an_io_uring_means_rewind);
	tcase_add_test(noticed, test_no_descriptor_free_means_rewind);
	suite_add_tcase(suite, noticed);
	tcase_add_test(carried, test_an_attached_filter_means_rewind);
	tcase_add_test(carried, test_o_async_means_rewind);
	tcase_add_test(carried, test_a_mark_that_can_no_longer_be_set_means_rewind);
	suite_add_tcase(suite, carried);
	return suite;
}
