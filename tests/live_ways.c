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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char loopback[] = "127.0.0.1";

static bool forced(const char *way)
{
	return strcmp(method(), way) == 0;
}

static void a_plain_client_gets_a_fresh_socket(void)
{
	struct place to = place(loopback, PORT);

	net_of_two_ports();
	assert_replaced_unless_forced(tcp_socket(to, 0), to);
	assert_replaced_unless_forced(tcp_socket(to, SOCK_NONBLOCK), to);
}

static void an_epoll_instance_means_rewind(void)
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

static sem_t over;

static void *wait_for_the_end(void *unused)
{
	sem_wait(&over);
	return unused;
}

static void another_thread_means_rewind(void)
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

static void a_duplicate_means_rewind(void)
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

static void more_descriptors_than_are_looked_at_mean_rewind(void)
{
	struct place to = place(loopback, PORT);

	net_of_two_ports();
	for (int i = 0; i < 100; i++)
		ck_assert_int_ge(open("/dev/null", O_RDONLY), 0);
	assert_rewound_by_auto(tcp_socket(to, 0), to);
}

static void an_io_uring_means_rewind(void)
{
	struct place to = place(loopback, PORT);
	char parameters[256] = {0};

	net_of_two_ports();
	ck_assert_int_ge((int)syscall(SYS_io_uring_setup, 4, parameters), 0);
	assert_rewound_by_auto(tcp_socket(to, 0), to);
}

static void no_descriptor_free_means_rewind(void)
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

static void a_child_means_rewind(void)
{
	struct place to = place(loopback, PORT);
	pid_t child;

	net_of_two_ports();
	child = fork();
	if (child == 0) {
		pause();
		_exit(0);
	}
	assert_rewound_by_auto(tcp_socket(to, 0), to);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	assert_replaced_unless_forced(tcp_socket(to, 0), to);
}

/* The parent's descriptor stays with the child's. */
static void being_a_fork_means_rewind(void)
{
	struct place to = place(loopback, PORT);
	int fd, status;
	pid_t child;

	net_of_two_ports();
	fd = tcp_socket(to, 0);
	child = fork();
	if (child == 0) {
		ino_t before = inode_of(fd);

		if (shim_connect(fd, to) == 0 || errno != ECONNREFUSED)
			_exit(2);
		_exit(inode_of(fd) != before);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), forced("replace"));
}

/* What follows cannot be carried over to a fresh socket: no method replaces it. */
static void an_attached_filter_means_rewind(void)
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

static void o_async_means_rewind(void)
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

/* Nobody is told then, but the flag is there to be seen. */
static void o_async_without_an_owner_means_rewind(void)
{
	struct place to = place(loopback, PORT);
	int fd;

	net_of_two_ports();
	fd = tcp_socket(to, 0);
	ck_assert_int_eq(fcntl(fd, F_SETFL, O_RDWR | O_ASYNC), 0);
	assert_rewound(fd, to);
	ck_assert_int_eq(fcntl(fd, F_GETFL) & O_ASYNC, O_ASYNC);
}

static void drop_all_capabilities(void)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct none[2] = {{0, 0, 0}};

	ck_assert_int_eq((int)syscall(SYS_capset, &header, none), 0);
}

static void a_mark_that_can_no_longer_be_set_means_rewind(void)
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

/* A process that was forked without exec shares its descriptors, and so rewinds; these tests are executed anew. */
static void (*const ways[])(void) = {
	a_plain_client_gets_a_fresh_socket,
	an_epoll_instance_means_rewind,
	another_thread_means_rewind,
	a_duplicate_means_rewind,
	more_descriptors_than_are_looked_at_mean_rewind,
	an_io_uring_means_rewind,
	no_descriptor_free_means_rewind,
	a_child_means_rewind,
	being_a_fork_means_rewind,
	an_attached_filter_means_rewind,
	o_async_means_rewind,
	o_async_without_an_owner_means_rewind,
	a_mark_that_can_no_longer_be_set_means_rewind,
};

enum { WAYS = sizeof ways / sizeof *ways };

START_TEST(test_alone)
{
	ways[_i]();
}
END_TEST

Suite *suite_live_alone(int number)
{
	Suite *suite = suite_create("alone");
	TCase *alone = tcase_create("alone");

	tcase_add_loop_test(alone, test_alone, number, number + 1);
	suite_add_tcase(suite, alone);
	return suite;
}

static void run_alone(void (*way)(void))
{
	char number[12];
	int status, n = 0;
	pid_t child;

	while (ways[n] != way)
		n++;
	snprintf(number, sizeof number, "%d", n);
	child = fork();
	if (child == 0) {
		unsetenv("NSC_TESTS_PRELOADED");
		dup2(STDERR_FILENO, STDOUT_FILENO); /* which is TAP's */
		execl("/proc/self/exe", "live", "--alone", number, (char *)NULL);
		_exit(99);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_msg(status == 0, "live --alone %s ended with status %#x", number, (unsigned)status);
}

START_TEST(test_a_plain_client_gets_a_fresh_socket)
{
	run_alone(a_plain_client_gets_a_fresh_socket);
}
END_TEST

START_TEST(test_an_epoll_instance_means_rewind)
{
	run_alone(an_epoll_instance_means_rewind);
}
END_TEST

START_TEST(test_another_thread_means_rewind)
{
	run_alone(another_thread_means_rewind);
}
END_TEST

START_TEST(test_a_duplicate_means_rewind)
{
	run_alone(a_duplicate_means_rewind);
}
END_TEST

START_TEST(test_more_descriptors_than_are_looked_at_mean_rewind)
{
	run_alone(more_descriptors_than_are_looked_at_mean_rewind);
}
END_TEST

START_TEST(test_an_io_uring_means_rewind)
{
	char none[256] = {0};

	if (syscall(SYS_io_uring_setup, 4, none) < 0) {
		tap_skip(__func__, "no io_uring can be made here");
		return;
	}
	run_alone(an_io_uring_means_rewind);
}
END_TEST

START_TEST(test_no_descriptor_free_means_rewind)
{
	run_alone(no_descriptor_free_means_rewind);
}
END_TEST

START_TEST(test_a_child_means_rewind)
{
	run_alone(a_child_means_rewind);
}
END_TEST

START_TEST(test_being_a_fork_means_rewind)
{
	run_alone(being_a_fork_means_rewind);
}
END_TEST

START_TEST(test_an_attached_filter_means_rewind)
{
	run_alone(an_attached_filter_means_rewind);
}
END_TEST

START_TEST(test_o_async_means_rewind)
{
	run_alone(o_async_means_rewind);
}
END_TEST

START_TEST(test_o_async_without_an_owner_means_rewind)
{
	run_alone(o_async_without_an_owner_means_rewind);
}
END_TEST

START_TEST(test_a_mark_that_can_no_longer_be_set_means_rewind)
{
	run_alone(a_mark_that_can_no_longer_be_set_means_rewind);
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
	tcase_add_test(noticed, test_a_child_means_rewind);
	tcase_add_test(noticed, test_being_a_fork_means_rewind);
	suite_add_tcase(suite, noticed);
	tcase_add_test(carried, test_an_attached_filter_means_rewind);
	tcase_add_test(carried, test_o_async_means_rewind);
	tcase_add_test(carried, test_o_async_without_an_owner_means_rewind);
	tcase_add_test(carried, test_a_mark_that_can_no_longer_be_set_means_rewind);
	suite_add_tcase(suite, carried);
	return suite;
}
