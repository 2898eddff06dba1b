/* SPDX-License-Identifier: MIT */
/* Bad pointers, lengths, descriptors and families: the same result and errno as without the shim.
 */
#include "live.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* Two equal sockets: one for the system call, one for the shim. */
static void same(const char *what, const int fds[2], const void *address, socklen_t length)
{
	int bare, bare_errno, shim, shim_errno;

	errno = 0;
	bare = (int)syscall(SYS_connect, fds[0], address, length);
	bare_errno = errno;
	errno = 0;
	shim = connect(fds[1], address, length);
	shim_errno = errno;
	ck_assert_msg(bare == shim && bare_errno == shim_errno,
		      "%s, length %u: %d %s, with the shim %d %s", what, length, bare,
		      strerror(bare_errno), shim, strerror(shim_errno));
}

static void same_on_new_sockets(const char *what, int family, int type, int protocol,
				const void *address, socklen_t length)
{
	int fds[2] = {socket(family, type, protocol), socket(family, type, protocol)};

	same(what, fds, address, length);
	close(fds[0]);
	close(fds[1]);
}

static void *end_of_a_page(size_t room)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *two =
		mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(two, MAP_FAILED);
	ck_assert_int_eq(munmap(two + page, page), 0);
	return two + page - room;
}

START_TEST(test_bad_pointers)
{
	static const socklen_t lengths[] = {0,  1,  2,   8,   15,  16,
					    24, 28, 110, 128, 129, (socklen_t)-1};

	net_of_two_ports();
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		same_on_new_sockets("NULL", AF_INET, SOCK_STREAM, 0, NULL, lengths[i]);
		same_on_new_sockets("-1", AF_INET, SOCK_STREAM, 0, (void *)-1L, lengths[i]);
		same_on_new_sockets("1", AF_INET6, SOCK_STREAM, 0, (void *)1L, lengths[i]);
		same_on_new_sockets("NULL, UDP", AF_INET, SOCK_DGRAM, 0, NULL, lengths[i]);
		same_on_new_sockets("NULL, AF_UNIX", AF_UNIX, SOCK_STREAM, 0, NULL, lengths[i]);
		same_on_new_sockets("NULL, AF_NETLINK", AF_NETLINK, SOCK_RAW, 0, NULL, lengths[i]);
	}
}
END_TEST

START_TEST(test_addresses_at_the_end_of_their_page)
{
	struct place to = place("127.0.0.1", 50000), to6 = place("::1", 50000);

	net_of_two_ports();
	for (socklen_t length = 0; length <= 32; length++) {
		void *address = end_of_a_page(16), *address6 = end_of_a_page(28);

		memcpy(address, &to.address, 16);
		memcpy(address6, &to6.address, 28);
		same_on_new_sockets("IPv4", AF_INET, SOCK_STREAM, 0, address, length);
		same_on_new_sockets("IPv6", AF_INET6, SOCK_STREAM, 0, address6, length);
		same_on_new_sockets("IPv4 on IPv6", AF_INET6, SOCK_STREAM, 0, address, length);
	}
}
END_TEST

/*
 * Tries addresses from two bytes before the end of this stack to two bytes behind it. The memory
 * behind the stack is not mapped.
 */
static int connect_to_the_end_of_the_stack(void *end)
{
	for (int at = -2; at <= 2; at++) {
		same_on_new_sockets("end of the stack", AF_INET, SOCK_STREAM, 0, (char *)end + at,
				    16);
		same_on_new_sockets("end of the stack, AF_UNIX", AF_UNIX, SOCK_STREAM, 0,
				    (char *)end + at, 110);
	}
	return 0;
}

/* The address ends at the end of the stack or in the unmapped memory behind it. */
START_TEST(test_addresses_at_the_end_of_the_stack)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *stack = mmap(NULL, 9 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			   0),
	     *end;
	int status;
	pid_t child;

	ck_assert_ptr_ne(stack, MAP_FAILED);
	end = stack + 8 * page;
	ck_assert_int_eq(munmap(end, page), 0);
	child = clone(connect_to_the_end_of_the_stack, end, CLONE_VM | CLONE_VFORK | SIGCHLD, end);
	ck_assert_int_gt(child, 0);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(test_a_local_socket_is_connected_wherever_its_address_lies)
{
	static struct sockaddr_un elsewhere = {AF_UNIX, "\0noselfconn-live"};
	struct sockaddr_un here = elsewhere;
	char odd[sizeof here + 2];
	char *const places[] = {(char *)&elsewhere, (char *)&here, odd, odd + 1};
	int listening;

	net_of_two_ports(); /* abstract names belong to the network namespace */
	listening = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(listening, (struct sockaddr *)&here, sizeof here), 0);
	ck_assert_int_eq(listen(listening, 8), 0);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		memmove(places[i], &elsewhere, sizeof elsewhere);
		ck_assert_int_eq(
			connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)places[i], sizeof here),
			0);
	}
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		ck_assert_int_ge(accept(listening, NULL, NULL), 0);
}
END_TEST

START_TEST(test_descriptors_that_are_no_tcp_sockets)
{
	struct place to = place("127.0.0.1", PORT);
	int pipes[2], closed[2] = {-1, 12345}, null[2], listeners[2];

	net_of_two_ports();
	same("closed", closed, &to.address, to.length);
	ck_assert_int_eq(pipe(pipes), 0);
	same("pipe", pipes, &to.address, to.length);
	null[0] = null[1] = open("/dev/null", O_RDWR);
	same("/dev/null", null, &to.address, to.length);
	null[0] = null[1] = open("/", O_PATH);
	same("O_PATH", null, &to.address, to.length);
	listeners[0] = listener(place("127.0.0.1", 50000));
	listeners[1] = listener(place("127.0.0.1", 50001));
	same("listener", listeners, &to.address, to.length);
}
END_TEST

START_TEST(test_other_families_and_protocols)
{
	struct sockaddr_un path = {.sun_family = AF_UNIX, .sun_path = "/nowhere/at/all"};
	struct sockaddr_storage odd = {.ss_family = 200};
	struct sockaddr unspecified = {.sa_family = AF_UNSPEC};
	struct place to = place("127.0.0.1", 50000);

	net_of_two_ports();
	same_on_new_sockets("AF_UNIX", AF_UNIX, SOCK_STREAM, 0, &path, sizeof path);
	same_on_new_sockets("AF_UNIX, no family", AF_UNIX, SOCK_STREAM, 0, &path, 0);
	same_on_new_sockets("AF_UNIX, half a family", AF_UNIX, SOCK_STREAM, 0, &path, 1);
	same_on_new_sockets("AF_UNIX on TCP", AF_INET, SOCK_STREAM, 0, &path, sizeof path);
	same_on_new_sockets("TCP on AF_UNIX", AF_UNIX, SOCK_STREAM, 0, &to.address, to.length);
	same_on_new_sockets("family 200", AF_INET, SOCK_STREAM, 0, &odd, sizeof odd);
	same_on_new_sockets("AF_UNSPEC", AF_INET, SOCK_STREAM, 0, &unspecified, sizeof unspecified);
	same_on_new_sockets("AF_UNSPEC on IPv6", AF_INET6, SOCK_STREAM, 0, &unspecified,
			    sizeof unspecified);
	same_on_new_sockets("UDP", AF_INET, SOCK_DGRAM, 0, &to.address, to.length);
	same_on_new_sockets("raw", AF_INET, SOCK_RAW, IPPROTO_ICMP, &to.address, to.length);
	to = place("192.0.2.1", PORT);
	same_on_new_sockets("unreachable", AF_INET, SOCK_STREAM, 0, &to.address, to.length);
	to = place("2001:db8::1", PORT);
	same_on_new_sockets("unreachable IPv6", AF_INET6, SOCK_STREAM, 0, &to.address, to.length);
	to = place("255.255.255.255", PORT);
	same_on_new_sockets("broadcast", AF_INET, SOCK_STREAM, 0, &to.address, to.length);
	to = place("127.0.0.1", 0);
	same_on_new_sockets("port 0", AF_INET, SOCK_STREAM, 0, &to.address, to.length);
}
END_TEST

START_TEST(test_a_connected_socket)
{
	struct place to = place("127.0.0.1", 50000);
	int fds[2] = {socket(AF_INET, SOCK_STREAM, 0), socket(AF_INET, SOCK_STREAM, 0)};

	net_of_two_ports();
	fds[0] = tcp_socket(to, 0);
	fds[1] = tcp_socket(to, 0);
	listener(to);
	same("first", fds, &to.address, to.length);
	same("second", fds, &to.address, to.length);
	to = place("127.0.0.1", PORT);
	same("elsewhere", fds, &to.address, to.length);
}
END_TEST

/*
 * glibc also exports connect() as __connect, and callers of that name are protected as well. musl
 * has no such name, so the test looks it up.
 */
START_TEST(test_the_other_name_of_connect)
{
	struct place to = place("127.0.0.1", PORT);
	int (*other)(int, const struct sockaddr *, socklen_t);
	int fd;

	net_of_two_ports();
	*(void **)&other = dlsym(RTLD_DEFAULT, "__connect");
	ck_assert(other != NULL);
	fd = tcp_socket(to, 0);
	ck_assert_int_eq(other(fd, (struct sockaddr *)&to.address, to.length), -1);
	ck_assert_int_eq(errno, ECONNREFUSED);
	ck_assert_int_eq(other(-1, NULL, 0), -1);
	ck_assert_int_eq(errno, EBADF);
}
END_TEST

Suite *suite_live_errors(void)
{
	Suite *suite = suite_create("errors");
	TCase *wild = tcase_create("wild"), *arguments = tcase_create("arguments");

	tcase_set_tags(wild, LIVE_WILD);
	tcase_add_test(wild, test_bad_pointers);
	tcase_add_test(wild, test_addresses_at_the_end_of_the_stack);
	suite_add_tcase(suite, wild);
	tcase_add_test(arguments, test_addresses_at_the_end_of_their_page);
	tcase_add_test(arguments, test_a_local_socket_is_connected_wherever_its_address_lies);
	tcase_add_test(arguments, test_descriptors_that_are_no_tcp_sockets);
	tcase_add_test(arguments, test_other_families_and_protocols);
	tcase_add_test(arguments, test_a_connected_socket);
	tcase_add_test(arguments, test_the_other_name_of_connect);
	suite_add_tcase(suite, arguments);
	return suite;
}
