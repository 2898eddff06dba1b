/* SPDX-License-Identifier: MIT */
/* The shim follows changes of the ephemeral range. */
#include "live.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

/* The shim caches the range for up to a second. */
static void let_the_range_grow_old(void)
{
	usleep(1100000);
}

START_TEST(test_a_change_of_the_sysctl_is_followed)
{
	struct place first = place("127.0.0.1", PORT), second = place("127.0.0.1", 50000);

	net_of_two_ports();
	assert_new_socket_refused(first, 0);
	netns_set_range(50000, 50001);
	let_the_range_grow_old();
	assert_new_socket_refused(second, 0);
}
END_TEST

START_TEST(test_a_move_to_another_namespace_is_followed)
{
	struct place first = place("127.0.0.1", PORT), second = place("127.0.0.1", 50000);

	net_of_two_ports();
	assert_new_socket_refused(first, 0);
	net(50000, 50001);
	let_the_range_grow_old();
	assert_new_socket_refused(second, 0);
}
END_TEST

START_TEST(test_a_socket_of_another_namespace_stays_there)
{
	struct place to = place("127.0.0.1", PORT);
	int old, fd;

	net_of_two_ports();
	old = open("/proc/self/ns/net", O_RDONLY);
	fd = tcp_socket(to, 0);
	net_of_two_ports();
	assert_rewound(fd, to);
	close(listener(to));
	ck_assert_int_eq(setns(old, CLONE_NEWNET), 0);
	assert_port_free(to);
}
END_TEST

/* If the range cannot be read, the shim treats every port as the kernel's choice. */
START_TEST(test_without_proc)
{
	struct place to = place("127.0.0.1", PORT);

	net_of_two_ports();
	if (geteuid() != 0)
		ck_assert_int_eq(unshare(CLONE_NEWUSER), 0);
	ck_assert_int_eq(chroot("/sys"), 0);
	ck_assert_int_eq(access("/proc/self", F_OK), -1);
	assert_rewound_by_auto(tcp_socket(to, 0), to);
	assert_new_socket_refused(to, SOCK_NONBLOCK);
}
END_TEST

/*
 * The range holds only the destination's port, so the kernel has none to give and returns its own
 * error.
 */
START_TEST(test_a_range_of_one_port_gives_the_kernels_error)
{
	struct place to = place("127.0.0.1", PORT);
	int fd;

	net(PORT, PORT);
	fd = tcp_socket(to, 0);
	ck_assert_int_eq(shim_connect(fd, to), -1);
	ck_assert_int_eq(errno, EADDRNOTAVAIL);
	close(fd);
	assert_port_free(to);
}
END_TEST

START_TEST(test_a_range_that_is_used_up_gives_the_kernels_error)
{
	struct place to = place("127.0.0.1", 50000);
	int listening, fd, used[2];

	net_of_two_ports();
	listening = listener(to);
	for (int i = 0; i < 2; i++) {
		used[i] = tcp_socket(to, 0);
		ck_assert_int_eq(shim_connect(used[i], to), 0);
	}
	fd = tcp_socket(to, 0);
	ck_assert_int_eq(shim_connect(fd, to), -1);
	ck_assert_int_eq(errno, EADDRNOTAVAIL);
	close(used[0]);
	close(used[1]);
	close(fd);
	close(listening);
}
END_TEST

Suite *suite_live_range(void)
{
	Suite *suite = suite_create("range");
	TCase *followed = tcase_create("followed"), *exhausted = tcase_create("exhausted"),
	      *denied = tcase_create("denied");

	tcase_set_timeout(followed, 30);
	tcase_add_test(followed, test_a_change_of_the_sysctl_is_followed);
	tcase_add_test(followed, test_a_move_to_another_namespace_is_followed);
	tcase_add_test(followed, test_a_socket_of_another_namespace_stays_there);
	suite_add_tcase(suite, followed);
	tcase_set_tags(denied, LIVE_DENIED);
	tcase_add_test(denied, test_without_proc);
	suite_add_tcase(suite, denied);
	tcase_add_test(exhausted, test_a_range_of_one_port_gives_the_kernels_error);
	tcase_add_test(exhausted, test_a_range_that_is_used_up_gives_the_kernels_error);
	suite_add_tcase(suite, exhausted);
	return suite;
}
