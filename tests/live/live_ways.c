/* SPDX-License-Identifier: MIT */
/* The shim replaces a socket if nobody can notice, and rewinds if somebody might. */
#include "live.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char loopback[] = "127.0.0.1";

START_TEST(test_a_plain_client_gets_a_fresh_socket)
{
	struct place to = place(loopback, PORT);

	if (run_anew(__func__))
		return;
	net_of_two_ports();
	assert_replaced_unless_forced(tcp_socket(to, 0), to);
	assert_replaced_unless_forced(tcp_socket(to, SOCK_NONBLOCK), to);
}
END_TEST

START_TEST(test_an_epoll_instance_means_rewind)
{
	struct place to = place(loopback, PORT);
	struct epoll_event event = {.events = EPOLLOUT | EPOLLET};
	int epoll, fd;

	if (run_anew(__func__))
		return;
	epoll = epoll_create1(0);
	net_of_two_ports();
	fd = tcp_socket(to, SOCK_NONBLOCK);
	ck_assert_int_eq(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), 0);
	assert_rewound_by_auto(fd, to);
	if (!always_replaced()) /* which loses the registration, as documented */
		ck_assert_int_eq(epoll_wait(epoll, &event, 1, 10000), 1);
}
END_TEST

static sem_t over;

static void *wait_for_the_end(void *unused)
{
	sem_wait(&over);
	return unused;
}

/* A joined thread may still be exiting. */
static void wait_until_alone(void)
{
	struct stat tasks;

	do
		ck_assert_int_eq(stat("/proc/self/task", &tasks), 0);
	while (tasks.st_nlink > 3); /* itself, its parent's entry, one thread */
}

START_TEST(test_another_thread_means_rewind)
{
	struct place to = place(loopback, PORT);
	pthread_t thread;

	if (run_anew(__func__))
		return;
	net_of_two_ports();
	sem_init(&over, 0, 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, wait_for_the_end, NULL), 0);
	assert_rewound_by_auto(tcp_socket(to, 0), to);
	sem_post(&over);
	pthread_join(thread, NULL);
	wait_until_alone();
	assert_replaced_unless_forced(tcp_socket(to, 0), to);
}
END_TEST

START_TEST(test_a_duplicate_means_rewind)
{
	struct place to = place(loopback, PORT);
	int fd, duplicate;

	if (run_anew(__func__))
		return;
	net_of_two_ports();
	fd = tcp_socket(to, 0);
	duplicate = dup(fd);
	assert_rewound_by_auto(fd, to);
	if (!always_replaced())
		ck_assert_uint_eq(inode_of(fd), inode_of(duplicate));
}
END_TEST

START_TEST(test_more_descriptors_than_are_looked_at_mean_rewind)
{
	struct place to = place(loopback, PORT);

	if (run_anew(__func__))
		return;
	net_of_two_ports();
	for (int i = 0; i < 100; i++)
		ck_assert_int_ge(open("/dev/null", O_RDONLY), 0);
	assert_rewound_by_auto(tcp_socket(to, 0), to);
}
END_TEST

/*
 * Skips the test if no ring can be made. Making a ring marks a process, so only the parent tries
 * it.
 */
static int make_ring(void)
{
	struct io_uring_params parameters = {0};
	int ring = (int)syscall(SYS_io_uring_setup, 4, &parameters);

	if (ring < 0)
		tap_skip("no io_uring can be made here");
	return ring;
}

static void need_io_uring(void)
{
	if (!is_alone())
		close(make_ring());
}

START_TEST(test_an_io_uring_means_rewind)
{
	struct place to = place(loopback, PORT);

	need_io_uring();
	if (run_anew(__func__))
		return;
	net_of_two_ports();
	make_ring();
	assert_rewound_by_auto(tcp_socket(to, 0), to);
}
END_TEST

/*
 * io_uring_close_ring_fd(3): the ring lives on without a descriptor and still refers to the socket.
 */
START_TEST(test_an_io_uring_without_a_descriptor_means_rewind)
{
	struct place to = place(loopback, PORT);
	struct io_uring_rsrc_update registered = {.offset = -1U};
	int fd, ring;

	need_io_uring();
	if (run_anew(__func__))
		return;
	net_of_two_ports();
	fd = tcp_socket(to, 0);
	ring = make_ring();
	ck_assert_int_eq((int)syscall(SYS_io_uring_register, ring, IORING_REGISTER_FILES, &fd, 1),
			 0);
	registered.data = (unsigned)ring;
	if (syscall(SYS_io_uring_register, ring, 20 /* IORING_REGISTER_RING_FDS */, &registered,
		    1) != 1)
		return; /* Linux before 5.18 has no rings without a descriptor */
	close(ring);
	assert_rewound_by_auto(fd, to);
}
END_TEST

START_TEST(test_no_descriptor_free_means_rewind)
{
	struct place to = place(loopback, PORT);
	struct rlimit limit = {0, 0};
	socklen_t length = sizeof(int);
	int fd, before, put_off = 0;

	if (run_anew(__func__))
		return;
	net_of_two_ports();
	before = open_descriptors();
	fd = tcp_socket(to, 0);
	limit.rlim_max = (rlim_t)fd + 1000;
	for (limit.rlim_cur = (rlim_t)fd + 1; limit.rlim_cur <= (rlim_t)fd + 4; limit.rlim_cur++) {
		/*
		 * Descriptors needed: one for a holder, two to read a file of procfs, one for a
		 * twin.
		 */
		bool roomy = limit.rlim_cur >= (rlim_t)fd + (always_replaced() ? 3 : 4);

		bool replaced;

		ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
		replaced = was_replaced(fd, to);
		/* Prevention needs the range, and reading it needs a descriptor. */
		if (strcmp(method(), "prevent") != 0)
			ck_assert_int_eq(replaced, roomy && !never_replaced());
	}
	/*
	 * Without a holder, the shim binds the socket to another port at once, whatever the
	 * settings.
	 */
	ck_assert_int_eq(
		setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &(int){1}, sizeof(int)), 0);
	limit.rlim_cur = (rlim_t)fd + 1;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	ck_assert(!was_replaced(fd, to));
	ck_assert_int_eq(getsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &put_off, &length), 0);
	ck_assert_int_eq(put_off, 1);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	ck_assert_int_eq(open_descriptors(), before + 1);
	close(fd);
	assert_port_free(to);
}
END_TEST

Suite *suite_live_ways(void)
{
	Suite *suite = suite_create("ways");
	TCase *noticed = tcase_create("noticed");

	tcase_set_tags(noticed, LIVE_ALONE);
	tcase_add_test(noticed, test_a_plain_client_gets_a_fresh_socket);
	tcase_add_test(noticed, test_an_epoll_instance_means_rewind);
	tcase_add_test(noticed, test_another_thread_means_rewind);
	tcase_add_test(noticed, test_a_duplicate_means_rewind);
	tcase_add_test(noticed, test_more_descriptors_than_are_looked_at_mean_rewind);
	tcase_add_test(noticed, test_an_io_uring_means_rewind);
	tcase_add_test(noticed, test_an_io_uring_without_a_descriptor_means_rewind);
	tcase_add_test(noticed, test_no_descriptor_free_means_rewind);
	suite_add_tcase(suite, noticed);
	return suite;
}
