/* SPDX-License-Identifier: MIT */
/* sharing.c: children and a parent that would notice a fresh socket. */
#include "unit.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake_kernel.h"
#include "fake_process.h"
#include "forks.h"
#include "sharing.h"
#include "tap.h"

static int fd;

static void open_socket(void)
{
	fd = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_ge(fd, 0);
	fake_kernel_install();
	fake_process_executed();
}

START_TEST(test_a_fork_notices_its_parents_descriptors)
{
	fake_kernel_install();
	ck_assert(nsc_sharing_noticed(fd));
}
END_TEST

START_TEST(test_a_child_notices_and_its_state_is_not_taken)
{
	int wait_here[2];
	siginfo_t ended;
	pid_t child;

	ck_assert_int_eq(pipe(wait_here), 0);
	child = fork();
	if (child == 0) {
		char byte;

		close(wait_here[1]);
		_exit((int)read(wait_here[0], &byte, 1));
	}
	ck_assert(nsc_sharing_noticed(fd));
	close(wait_here[1]);
	ck_assert_int_eq(waitid(P_PID, (id_t)child, &ended, WEXITED | WNOWAIT), 0);
	ck_assert(nsc_sharing_noticed(fd));
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
}
END_TEST

/*
 * The child may have left a child of its own, which has the socket. Forked by libc and by system
 * call.
 */
START_TEST(test_a_child_that_is_gone_notices)
{
	pid_t child;

	if (_i)
		nsc_forks_watch();
	ck_assert(!nsc_sharing_noticed(fd));
	child = fork();
	if (child == 0)
		_exit(0);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	ck_assert(nsc_sharing_noticed(fd));
}
END_TEST

/* system(3) runs a program without fork(), as far as libc's handlers can see. */
START_TEST(test_a_program_that_was_run_does_not_notice)
{
	nsc_forks_watch();
	if (!nsc_forks.watched)
		tap_skip("this libc does not tell about forks");
	ck_assert_int_eq(system("true"), 0);
	ck_assert(!nsc_sharing_noticed(fd));
}
END_TEST

/* The kernel discards these children by itself, so nothing counts them. */
START_TEST(test_forgotten_children_notice)
{
	struct sigaction action = {.sa_handler = SIG_DFL};

	ck_assert(!nsc_sharing_noticed(fd));
	signal(SIGCHLD, SIG_IGN);
	ck_assert(nsc_sharing_noticed(fd));
	signal(SIGCHLD, SIG_DFL);
	ck_assert(!nsc_sharing_noticed(fd));
	action.sa_flags = SA_NOCLDWAIT;
	ck_assert_int_eq(sigaction(SIGCHLD, &action, NULL), 0);
	ck_assert(nsc_sharing_noticed(fd));
}
END_TEST

Suite *suite_sharing_children(void)
{
	Suite *suite = suite_create("sharing_children");
	TCase *noticed = tcase_create("noticed");

	tcase_set_tags(noticed, UNIT_ALONE);
	tcase_add_checked_fixture(noticed, open_socket, NULL);
	tcase_add_test(noticed, test_a_fork_notices_its_parents_descriptors);
	tcase_add_test(noticed, test_a_child_notices_and_its_state_is_not_taken);
	tcase_add_loop_test(noticed, test_a_child_that_is_gone_notices, 0, 2);
	tcase_add_test(noticed, test_a_program_that_was_run_does_not_notice);
	tcase_add_test(noticed, test_forgotten_children_notice);
	suite_add_tcase(suite, noticed);
	return suite;
}
