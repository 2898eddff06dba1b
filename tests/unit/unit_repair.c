/* SPDX-License-Identifier: MIT */
/* repair.c: undoing a real self-connection in a private network namespace. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fake_kernel.h"
#include "fake_process.h"
#include "kernel_constants.h"
#include "repair_setup.h"
#include "loopback.h"

static void assert_unconnected_without_error(int fd)
{
	int error = -1;
	socklen_t length = sizeof error;

	ck_assert_int_eq(loopback_peer(fd).any.sa_family, AF_UNSPEC);
	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length), 0);
	ck_assert_int_eq(error, 0);
}

/* Starts a server on the port. Returns 0, or the errno of its bind or listen. */
static int server(const char *text, int reuse)
{
	union nsc_address address = loopback_address(text, 40000);
	int fd = socket(address.any.sa_family, SOCK_STREAM, 0), error = 0;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse);
	if (bind(fd, &address.any, nsc_address_size(&address)) || listen(fd, 1))
		error = errno;
	close(fd);
	return error;
}

static const char *const own_addresses[] = {"127.0.0.1", "::1", "::ffff:127.0.0.1"};

START_TEST(test_the_port_is_held_and_free_for_a_server_that_reuses_it)
{
	const char *text = own_addresses[_i / 2];
	int fd;

	loopback_network(40000, 40001);
	nsc_settings.method = _i % 2 ? NSC_METHOD_REWIND : NSC_METHOD_REPLACE;
	fd = loopback_self_connected(text, NULL);
	ck_assert_int_eq(repair(fd), _i % 2 ? NSC_REPAIR_REWOUND : NSC_REPAIR_REPLACED);
	assert_unconnected_without_error(fd);
	ck_assert_int_ge(hold.fd, 0);
	ck_assert_int_eq(fcntl(hold.fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(server(text, 0), EADDRINUSE);
	ck_assert_int_eq(server(text, 1), 0);
	nsc_hold_release(&hold);
	ck_assert_int_eq(hold.fd, -1);
	ck_assert_int_eq(server(text, 0), 0);
}
END_TEST

START_TEST(test_replacing_keeps_the_number_and_close_on_exec_of_the_descriptor)
{
	ino_t before;
	int fd;

	fd = repair_setup(NSC_METHOD_REPLACE, NULL);
	fcntl(fd, F_SETFD, _i ? FD_CLOEXEC : 0);
	before = inode_of(fd);
	ck_assert_int_eq(repair(fd), NSC_REPAIR_REPLACED);
	ck_assert(inode_of(fd) != before);
	ck_assert_int_eq(fcntl(fd, F_GETFD), _i ? FD_CLOEXEC : 0);
}
END_TEST

START_TEST(test_in_doubt_the_same_socket_is_rewound)
{
	ino_t before;
	int fd;

	fd = repair_setup(NSC_METHOD_AUTO, NULL);
	before = inode_of(fd);
	if (_i)
		ck_assert_int_ge(epoll_create1(0), 0);
	fake_kernel_install();
	fake_process_executed();
	ck_assert_int_eq(repair(fd), _i ? NSC_REPAIR_REWOUND : NSC_REPAIR_REPLACED);
	ck_assert_int_eq(inode_of(fd) == before, _i);
}
END_TEST

START_TEST(test_without_timestamps_there_may_be_a_key_and_the_socket_is_rewound)
{
	FILE *timestamps;
	int fd;

	loopback_network(40000, 40001);
	timestamps = fopen("/proc/sys/net/ipv4/tcp_timestamps", "w");
	ck_assert_ptr_nonnull(timestamps);
	fputs("0\n", timestamps);
	ck_assert_int_eq(fclose(timestamps), 0);
	nsc_settings.method = NSC_METHOD_REPLACE;
	fd = loopback_self_connected("127.0.0.1", NULL);
	ck_assert_int_eq(repair(fd), NSC_REPAIR_REWOUND);
}
END_TEST

static void set_maxseg(int fd)
{
	ck_assert_int_eq(setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &(int){1000}, sizeof(int)), 0);
}

START_TEST(test_what_tearing_down_destroys_is_set_again)
{
	int fd, maxseg = 0;
	socklen_t length = sizeof maxseg;

	fd = repair_setup(_i ? NSC_METHOD_REWIND : NSC_METHOD_REPLACE, set_maxseg);
	repair(fd);
	ck_assert_int_eq(getsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &maxseg, &length), 0);
	ck_assert_int_eq(maxseg, 1000);
}
END_TEST

static void bind_explicitly(int fd)
{
	union nsc_address address = loopback_address("127.0.0.1", 40000);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
	ck_assert_int_eq(bind(fd, &address.any, sizeof address.in), 0);
}

START_TEST(test_a_port_that_the_caller_bound_stays_the_callers)
{
	union nsc_address local;
	ino_t before;
	int fd;

	fd = repair_setup(NSC_METHOD_REPLACE, bind_explicitly);
	local = loopback_local(fd);
	before = inode_of(fd);
	ck_assert_int_eq(repair(fd), NSC_REPAIR_OWN);
	ck_assert_int_eq(hold.fd, -1);
	ck_assert(inode_of(fd) == before);
	/* Connect again, as before. */
	ck_assert_int_eq(connect(fd, &local.any, sizeof local.in), 0);
	local = loopback_peer(fd);
	ck_assert_uint_eq(nsc_address_port(&local), 40000);
}
END_TEST

START_TEST(test_the_port_of_another_network_namespace_is_not_held)
{
	union nsc_address local;
	int fd;

	fd = repair_setup(NSC_METHOD_REPLACE, NULL);
	loopback_network(40000, 40001);
	ck_assert_int_eq(repair(fd), NSC_REPAIR_REWOUND);
	ck_assert_int_eq(hold.fd, -1);
	assert_unconnected_without_error(fd);
	local = loopback_local(fd);
	ck_assert_uint_eq(nsc_address_port(&local), 40001);
}
END_TEST

static long know_no_cookie(const struct fake_call *call, void *unused)
{
	(void)unused;
	if (call->argument[1] == SOL_SOCKET && call->argument[2] == SO_NETNS_COOKIE)
		return -ENOPROTOOPT;
	return fake_kernel_pass(call);
}

/*
 * Before Linux 5.14 the holder is in the wrong namespace and does not help. The second repair makes
 * none.
 */
START_TEST(test_where_namespaces_cannot_be_told_apart_a_hold_is_tried_once)
{
	union nsc_address local;
	int fd;

	loopback_network(40000, 40001);
	nsc_settings.method = NSC_METHOD_REPLACE;
	fd = loopback_self_connected("127.0.0.1", NULL);
	loopback_network(40000, 40001);
	fake_kernel_install();
	fake_kernel_answer(SYS_getsockopt, FAKE_EACH, know_no_cookie, NULL);
	local = loopback_local(fd);
	ck_assert_int_eq(repair(fd), NSC_REPAIR_REWOUND);
	ck_assert_int_ge(hold.fd, 0);
	ck_assert_int_eq(connect(fd, &local.any, sizeof local.in), 0);
	ck_assert_int_eq(repair(fd), NSC_REPAIR_REWOUND);
	ck_assert_int_eq(hold.fd, -1);
	local = loopback_local(fd);
	ck_assert_uint_eq(nsc_address_port(&local), 40001);
}
END_TEST

START_TEST(test_a_second_repair_gives_the_first_ones_hold_back)
{
	int before;
	int fd;

	fd = repair_setup(NSC_METHOD_REPLACE, NULL);
	/* For example a hold left by a repair on another port. */
	hold.fd = open("/dev/null", O_RDONLY);
	before = open_descriptors();
	ck_assert_int_eq(repair(fd), NSC_REPAIR_REPLACED);
	ck_assert_int_eq(server("127.0.0.1", 0), EADDRINUSE);
	ck_assert_int_eq(open_descriptors(), before);
	nsc_hold_release(&hold);
	ck_assert_int_eq(open_descriptors(), before - 1);
	nsc_hold_release(&hold);
	ck_assert_int_eq(open_descriptors(), before - 1);
}
END_TEST

Suite *suite_repair(void)
{
	Suite *suite = suite_create("repair");
	TCase *undone = tcase_create("undone"), *doubt = tcase_create("doubt"),
	      *kept = tcase_create("kept");

	tcase_add_loop_test(undone, test_the_port_is_held_and_free_for_a_server_that_reuses_it, 0,
			    6);
	tcase_add_loop_test(
		undone, test_replacing_keeps_the_number_and_close_on_exec_of_the_descriptor, 0, 2);
	tcase_add_test(undone,
		       test_without_timestamps_there_may_be_a_key_and_the_socket_is_rewound);
	tcase_add_test(undone, test_the_port_of_another_network_namespace_is_not_held);
	tcase_add_test(undone, test_where_namespaces_cannot_be_told_apart_a_hold_is_tried_once);
	tcase_add_test(undone, test_a_second_repair_gives_the_first_ones_hold_back);
	suite_add_tcase(suite, undone);
	tcase_set_tags(doubt, UNIT_ALONE);
	tcase_add_loop_test(doubt, test_in_doubt_the_same_socket_is_rewound, 0, 2);
	suite_add_tcase(suite, doubt);
	tcase_add_loop_test(kept, test_what_tearing_down_destroys_is_set_again, 0, 2);
	tcase_add_test(kept, test_a_port_that_the_caller_bound_stays_the_callers);
	suite_add_tcase(suite, kept);
	return suite;
}
