/* SPDX-License-Identifier: MIT */
/*
 * Calls from unusual places: signal handlers, vfork children, processes without descriptors 0, 1
 * and 2.
 */
#include "live.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static struct place to;

static volatile sig_atomic_t refused_in_handler, others_in_handler;
static struct itimerval pause_between;

/*
 * Starts the timer again only at its end. A timer that repeats by itself would leave no time for
 * anything else where a repair takes longer than the pause.
 */
static void connect_in_handler(int signal)
{
	int saved = errno, fd = socket(AF_INET, SOCK_STREAM, 0);

	(void)signal;
	if (shim_connect(fd, to) == -1 && errno == ECONNREFUSED)
		refused_in_handler++;
	else
		others_in_handler++;
	close(fd);
	setitimer(ITIMER_REAL, &pause_between, NULL);
	errno = saved;
}

static void interrupt_every(suseconds_t microseconds)
{
	struct sigaction action = {.sa_handler = connect_in_handler, .sa_flags = SA_RESTART};

	pause_between.it_value.tv_usec = microseconds;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &pause_between, NULL);
}

START_TEST(test_a_handler_connects_while_main_is_in_malloc)
{
	net_of_two_ports();
	to = place("127.0.0.1", PORT);
	interrupt_every(200);
	while (refused_in_handler + others_in_handler < 2000) {
		void *volatile blocks[64];

		for (size_t i = 0; i < 64; i++)
			blocks[i] = malloc(16ul << i % 12);
		for (size_t i = 0; i < 64; i++)
			free(blocks[i]);
	}
	ck_assert_int_eq(others_in_handler, 0);
}
END_TEST

START_TEST(test_a_handler_connects_while_main_is_in_dlopen)
{
	net_of_two_ports();
	to = place("127.0.0.1", PORT);
	interrupt_every(500);
	while (refused_in_handler + others_in_handler < 500) {
		void *library = dlopen("libresolv.so.2", RTLD_NOW);

		if (library)
			dlclose(library);
	}
	ck_assert_int_eq(others_in_handler, 0);
}
END_TEST

START_TEST(test_a_handler_connects_while_main_connects)
{
	int before;

	net(PORT, PORT + 9);
	to = place("127.0.0.1", PORT);
	before = open_descriptors();
	interrupt_every(300);
	while (refused_in_handler + others_in_handler < 1000) {
		int fd = tcp_socket(to, 0);

		/*
		 * A signal may arrive before the connection is made. Then the kernel returns EINTR,
		 * too.
		 */
		if (shim_connect(fd, to) == 0)
			ck_abort_msg("connected");
		ck_assert(errno == ECONNREFUSED || errno == EINTR);
		close(fd);
	}
	setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 0}}, NULL);
	ck_assert_int_eq(others_in_handler, 0);
	ck_assert_int_eq(open_descriptors(), before);
}
END_TEST

/* The child shares this process's memory, so both use the state that the shim keeps. */
START_TEST(test_a_vfork_child)
{
	int status;
	pid_t child;

	net_of_two_ports();
	to = place("127.0.0.1", PORT);
	for (int i = 0; i < 20; i++) {
		child = vfork();
		if (child == 0) {
			int fd = socket(AF_INET, SOCK_STREAM, 0);

			_exit(shim_connect(fd, to) == -1 && errno == ECONNREFUSED ? 0 : 1);
		}
		ck_assert_int_eq(waitpid(child, &status, 0), child);
		ck_assert_int_eq(status, 0);
		assert_new_socket_refused(to, 0);
	}
}
END_TEST

START_TEST(test_a_socket_received_over_a_unix_socket)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))] = "";
	char byte = 0;
	struct iovec data = {&byte, 1};
	struct msghdr message = {.msg_iov = &data,
				 .msg_iovlen = 1,
				 .msg_control = control,
				 .msg_controllen = sizeof control};
	int pair[2], fd, status;
	pid_t child;

	net_of_two_ports();
	to = place("127.0.0.1", PORT);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	child = fork();
	if (child == 0) {
		struct cmsghdr *header = (void *)control;

		fd = tcp_socket(to, 0);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof fd);
		memcpy(control + CMSG_LEN(0), &fd, sizeof fd);
		_exit(sendmsg(pair[1], &message, 0) != 1);
	}
	ck_assert_int_eq(recvmsg(pair[0], &message, 0), 1);
	memcpy(&fd, control + CMSG_LEN(0), sizeof fd);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	assert_refused(fd, to);
	close(fd);
	assert_port_free(to);
}
END_TEST

/*
 * Then a repair's own descriptors are 0, 1 and 2. They must be closed afterwards and never be
 * written to.
 */
START_TEST(test_without_descriptors_0_1_and_2)
{
	int result, error, left, kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 100);
	int kept_output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 100);

	net_of_two_ports();
	to = place("127.0.0.1", PORT);
	close(0);
	close(1);
	close(2);
	result = fcntl(tcp_socket(to, 0), F_DUPFD, 50);
	close(0);
	errno = 0;
	left = shim_connect(result, to);
	error = errno;
	for (int fd = 0; fd < 3; fd++)
		left |= fcntl(fd, F_GETFD) == -1 ? 0 : 1 << fd;
	dup2(kept_output, STDOUT_FILENO);
	dup2(kept, STDERR_FILENO);
	ck_assert_int_eq(left, -1);
	ck_assert_int_eq(error, ECONNREFUSED);
}
END_TEST

START_TEST(test_after_a_connection_and_its_end)
{
	struct place server = place("127.0.0.1", 50000);
	struct sockaddr unspecified = {.sa_family = AF_UNSPEC};
	int fd, listening;

	net(PORT, PORT + 3);
	to = place("127.0.0.1", PORT);
	listening = listener(server);
	fd = tcp_socket(to, 0);
	for (int i = 0; i < 50; i++) {
		ck_assert_int_eq(shim_connect(fd, server), 0);
		close(accept(listening, NULL, NULL));
		ck_assert_int_eq(connect(fd, &unspecified, sizeof unspecified), 0);
		assert_refused(fd, to);
	}
	close(fd);
	close(listening);
}
END_TEST

Suite *suite_live_callers(void)
{
	Suite *suite = suite_create("callers");
	TCase *handlers = tcase_create("handlers"), *places = tcase_create("places");

	tcase_set_timeout(handlers, 60);
	tcase_add_test(handlers, test_a_handler_connects_while_main_is_in_malloc);
	tcase_add_test(handlers, test_a_handler_connects_while_main_is_in_dlopen);
	tcase_add_test(handlers, test_a_handler_connects_while_main_connects);
	suite_add_tcase(suite, handlers);
	tcase_add_test(places, test_a_vfork_child);
	tcase_add_test(places, test_a_socket_received_over_a_unix_socket);
	tcase_add_test(places, test_without_descriptors_0_1_and_2);
	tcase_add_test(places, test_after_a_connection_and_its_end);
	suite_add_tcase(suite, places);
	return suite;
}
