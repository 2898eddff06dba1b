/* SPDX-License-Identifier: MIT */
/* A chroot with a fake /proc. connect() neither waits for it nor trusts it. */
#include "live.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define RANGE "proc/sys/net/ipv4/ip_local_port_range"

static struct place to;

/* Not by mkdir(1): after having had a child, the process would always rewind. */
static void make_proc(void)
{
	static const char *const made[] = {"proc",         "proc/sys",
					   "proc/sys/net", "proc/sys/net/ipv4",
					   "proc/self",    "proc/self/fd"};

	for (size_t i = 0; i < sizeof made / sizeof *made; i++)
		ck_assert(mkdir(made[i], 0755) == 0 || errno == EEXIST);
}

/*
 * A network with the real /proc, then a jail in a tmpfs, which vanishes with its mount namespace.
 */
static void make_jail(void)
{
	net_of_two_ports();
	to = place("127.0.0.1", PORT);
	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	ck_assert_int_eq(mount("jail", "/mnt", "ramfs", 0, NULL), 0);
	ck_assert_int_eq(chdir("/mnt"), 0);
	make_proc();
	ck_assert_int_eq(mkdir("tmp", 0777), 0); /* for Check */
}

static void write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	ck_assert_int_eq(fclose(file), 0);
}

static void enter_jail(void)
{
	ck_assert_int_eq(chroot("."), 0);
}

static void assert_protected(void)
{
	assert_new_socket_refused(to, 0);
	assert_new_socket_refused(to, SOCK_NONBLOCK);
}

START_TEST(test_a_named_pipe_in_the_place_of_the_range)
{
	ck_assert_int_eq(mkfifo(RANGE, 0644), 0);
	enter_jail();
	assert_protected();
}
END_TEST

/*
 * Opening a leased file blocks until its holder gives up the lease, or for 45 seconds (fcntl(2)).
 */
static pid_t lease(const char *path)
{
	int ready[2];
	char byte;
	pid_t holder;

	ck_assert_int_eq(pipe(ready), 0);
	holder = fork();
	if (holder == 0) {
		int fd = open(path, O_RDWR);

		signal(SIGIO, SIG_IGN);
		if (fcntl(fd, F_SETLEASE, F_WRLCK) || write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return holder;
}

START_TEST(test_a_leased_file_in_the_place_of_the_range)
{
	pid_t holder;

	write_text(RANGE, "1 1\n");
	holder = lease(RANGE);
	enter_jail();
	assert_protected();
	kill(holder, SIGKILL);
}
END_TEST

START_TEST(test_a_made_up_range)
{
	write_text(RANGE, "1 1\n");
	enter_jail();
	assert_protected();
}
END_TEST

START_TEST(test_a_jail_with_another_file_system_on_proc)
{
	ck_assert_int_eq(mount("proc", "proc", "tmpfs", 0, "mode=0777"), 0);
	make_proc();
	write_text(RANGE, "1 1\n");
	enter_jail();
	assert_protected();
}
END_TEST

START_TEST(test_a_link_to_a_made_up_proc)
{
	ck_assert_int_eq(rename("proc", "made-up"), 0);
	ck_assert_int_eq(symlink("made-up", "proc"), 0);
	write_text(RANGE, "1 1\n");
	enter_jail();
	assert_protected();
}
END_TEST

START_TEST(test_a_file_mounted_over_the_range)
{
	write_text("range", "1 1\n");
	ck_assert_int_eq(mount("range", "/" RANGE, NULL, MS_BIND, NULL), 0);
	assert_protected();
}
END_TEST

/* In a jail with a real procfs, the shim knows the range and ignores ports outside it. */
START_TEST(test_a_jail_with_a_real_procfs)
{
	ck_assert_int_eq(mount("/proc", "proc", NULL, MS_BIND | MS_REC, NULL), 0);
	netns_set_range(50000, 50001);
	enter_jail();
	assert_new_socket_refused(place("127.0.0.1", 50000), 0);
}
END_TEST

/*
 * The fake /proc/self claims that nobody else has the socket. If the shim trusted it, epoll would
 * lose the socket.
 */
START_TEST(test_a_made_up_list_of_descriptors)
{
	struct epoll_event event = {.events = EPOLLIN};
	int fd;

	if (run_anew(__func__))
		return;
	make_jail();
	write_text("proc/self/stat", "1 (x) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0");
	enter_jail();
	fd = tcp_socket(to, 0);
	ck_assert_int_eq(epoll_ctl(epoll_create1(0), EPOLL_CTL_ADD, fd, &event), 0);
	assert_rewound_by_auto(fd, to);
}
END_TEST

START_TEST(test_a_named_pipe_in_the_place_of_the_process)
{
	if (run_anew(__func__))
		return;
	make_jail();
	ck_assert_int_eq(mkfifo("proc/self/stat", 0644), 0);
	enter_jail();
	assert_rewound_by_auto(tcp_socket(to, 0), to);
}
END_TEST

Suite *suite_live_jail(void)
{
	Suite *suite = suite_create("jail");
	TCase *range = tcase_create("range");

	tcase_set_tags(range, LIVE_DENIED);
	tcase_add_checked_fixture(range, make_jail, NULL);
	tcase_add_test(range, test_a_named_pipe_in_the_place_of_the_range);
	tcase_add_test(range, test_a_leased_file_in_the_place_of_the_range);
	tcase_add_test(range, test_a_made_up_range);
	tcase_add_test(range, test_a_jail_with_another_file_system_on_proc);
	tcase_add_test(range, test_a_link_to_a_made_up_proc);
	tcase_add_test(range, test_a_file_mounted_over_the_range);
	tcase_add_test(range, test_a_jail_with_a_real_procfs);
	suite_add_tcase(suite, range);
	return suite;
}

Suite *suite_live_jail_alone(void)
{
	Suite *suite = suite_create("jail_alone");
	TCase *self = tcase_create("self");

	tcase_set_tags(self, LIVE_ALONE " " LIVE_DENIED);
	tcase_add_test(self, test_a_made_up_list_of_descriptors);
	tcase_add_test(self, test_a_named_pipe_in_the_place_of_the_process);
	suite_add_tcase(suite, self);
	return suite;
}
