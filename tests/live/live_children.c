/* SPDX-License-Identifier: MIT */
/* The shim rewinds if a child, a grandchild or the parent may have the socket, too. */
#include "live.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static const char loopback[] = "127.0.0.1";

START_TEST(test_a_child_means_rewind)
{
	struct place to = place(loopback, PORT);
	pid_t child;

	if (run_anew(__func__))
		return;
	net_of_two_ports();
	child = fork();
	if (child == 0) {
		pause();
		_exit(0);
	}
	assert_rewound_by_auto(tcp_socket(to, 0), to);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}
END_TEST

/* The grandchild's parent has ended, so waitid(2) in this process does not find it. */
static void leave_a_grandchild(void)
{
	pid_t child = fork();

	if (child == 0) {
		if (fork() == 0)
			sleep(2);
		_exit(0);
	}
	waitpid(child, NULL, 0);
}

START_TEST(test_a_grandchild_whose_parent_is_gone_means_rewind)
{
	struct place to = place(loopback, PORT);
	int fd;

	if (run_anew(__func__))
		return;
	net_of_two_ports();
	fd = tcp_socket(to, 0);
	run("true");
	assert_replaced_unless_forced(fd, to);
	leave_a_grandchild();
	assert_rewound_by_auto(fd, to);
}
END_TEST

START_TEST(test_a_grandchild_of_a_process_that_ignores_sigchld_means_rewind)
{
	struct place to = place(loopback, PORT);
	int fd;

	if (run_anew(__func__))
		return;
	net_of_two_ports();
	fd = tcp_socket(to, 0);
	signal(SIGCHLD, SIG_IGN);
	leave_a_grandchild();
	assert_rewound_by_auto(fd, to);
}
END_TEST

/* The parent still has the descriptor that the child repairs. */
START_TEST(test_being_a_fork_means_rewind)
{
	struct place to = place(loopback, PORT);
	int fd, status;
	pid_t child;

	if (run_anew(__func__))
		return;
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
	ck_assert_int_eq(WEXITSTATUS(status), always_replaced());
}
END_TEST

Suite *suite_live_children(void)
{
	Suite *suite = suite_create("children");
	TCase *noticed = tcase_create("noticed");

	tcase_set_tags(noticed, LIVE_ALONE);
	tcase_add_test(noticed, test_a_child_means_rewind);
	tcase_add_test(noticed, test_a_grandchild_whose_parent_is_gone_means_rewind);
	tcase_add_test(noticed, test_a_grandchild_of_a_process_that_ignores_sigchld_means_rewind);
	tcase_add_test(noticed, test_being_a_fork_means_rewind);
	suite_add_tcase(suite, noticed);
	return suite;
}
