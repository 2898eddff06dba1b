/* SPDX-License-Identifier: MIT */
/* Properties that a fresh socket cannot take over: no method replaces such a socket. */
#include "live.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

START_TEST(test_an_attached_filter_means_rewind)
{
	struct sock_filter accept_all[] = {{BPF_RET | BPF_K, 0, 0, 0xffffffff}};
	struct sock_fprog program = {1, accept_all};
	struct place to = place("127.0.0.1", PORT);
	socklen_t length = 0;
	int fd;

	if (run_anew(__func__))
		return;
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
	struct place to = place("127.0.0.1", PORT);
	int fd;

	if (run_anew(__func__))
		return;
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

/* Nobody gets a signal then, but the flag can be read. */
START_TEST(test_o_async_without_an_owner_means_rewind)
{
	struct place to = place("127.0.0.1", PORT);
	int fd;

	if (run_anew(__func__))
		return;
	net_of_two_ports();
	fd = tcp_socket(to, 0);
	ck_assert_int_eq(fcntl(fd, F_SETFL, O_RDWR | O_ASYNC), 0);
	assert_rewound(fd, to);
	ck_assert_int_eq(fcntl(fd, F_GETFL) & O_ASYNC, O_ASYNC);
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
	struct place to = place("127.0.0.1", PORT);
	socklen_t length = sizeof(int);
	int fd, mark = 7;

	if (run_anew(__func__))
		return;
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

/* The owner's credentials on a new socket would be those that the process has now. */
START_TEST(test_an_owner_from_before_privileges_were_dropped_means_rewind)
{
	struct place to = place("127.0.0.1", PORT);
	int fd;

	if (!is_alone() && getuid() != 0)
		tap_skip("not root");
	if (run_anew(__func__))
		return;
	net_of_two_ports();
	fd = tcp_socket(to, 0);
	ck_assert_int_eq(setresgid(65534, 65534, 65534), 0);
	ck_assert_int_eq(setresuid(65534, 65534, 65534), 0);
	/* Otherwise root owns /proc/self, which also means rewind. */
	ck_assert_int_eq(prctl(PR_SET_DUMPABLE, 1), 0);
	assert_rewound(fd, to);
	close(fd);
	assert_replaced_unless_forced(tcp_socket(to, 0), to);
}
END_TEST

static void assert_owner_kept(uid_t owner, gid_t group, mode_t mode)
{
	struct place to = place("127.0.0.1", PORT);
	int fd = tcp_socket(to, 0);
	struct stat before, after;

	ck_assert_int_eq(fchown(fd, owner, group), 0);
	ck_assert_int_eq(fchmod(fd, mode), 0);
	ck_assert_int_eq(fstat(fd, &before), 0);
	assert_rewound(fd, to);
	ck_assert_int_eq(fstat(fd, &after), 0);
	ck_assert_uint_eq(after.st_uid, before.st_uid);
	ck_assert_uint_eq(after.st_gid, before.st_gid);
	ck_assert_uint_eq(after.st_mode, before.st_mode);
	close(fd);
}

START_TEST(test_an_owner_a_group_or_a_mode_means_rewind)
{
	if (!is_alone() && getuid() != 0)
		tap_skip("not root");
	if (run_anew(__func__))
		return;
	net_of_two_ports();
	assert_owner_kept(1234, getgid(), 0777);
	assert_owner_kept(getuid(), 1234, 0777);
	assert_owner_kept(getuid(), getgid(), 0600);
}
END_TEST

Suite *suite_live_carried(void)
{
	Suite *suite = suite_create("carried");
	TCase *carried = tcase_create("carried");

	tcase_set_tags(carried, LIVE_ALONE);
	tcase_add_test(carried, test_an_attached_filter_means_rewind);
	tcase_add_test(carried, test_o_async_means_rewind);
	tcase_add_test(carried, test_o_async_without_an_owner_means_rewind);
	tcase_add_test(carried, test_a_mark_that_can_no_longer_be_set_means_rewind);
	tcase_add_test(carried, test_an_owner_from_before_privileges_were_dropped_means_rewind);
	tcase_add_test(carried, test_an_owner_a_group_or_a_mode_means_rewind);
	suite_add_tcase(suite, carried);
	return suite;
}
