/* SPDX-License-Identifier: MIT */
/* sys.h and real.c: results and errors as the core expects them, and the functions that connect. */
#include "unit.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "fake_kernel.h"
#include "sys.h"
#include "loopback.h"

static bool no_next_functions;

/* Linked with --wrap=dlsym. */
void *__real_dlsym(void *handle, const char *name);
void *__wrap_dlsym(void *handle, const char *name);

void *__wrap_dlsym(void *handle, const char *name)
{
	return no_next_functions ? NULL : __real_dlsym(handle, name);
}

START_TEST(test_errors_are_negative_and_results_are_not)
{
	int fd = nsc_socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(nsc_fcntl(fd, F_GETFD, 0), FD_CLOEXEC);
	ck_assert_int_eq(nsc_close(fd), 0);
	ck_assert_int_eq(nsc_close(fd), -EBADF);
	ck_assert_int_eq(nsc_socket(AF_INET, SOCK_STREAM, IPPROTO_UDP), -EPROTONOSUPPORT);
}
END_TEST

START_TEST(test_an_option_that_cannot_be_read_is_zero)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), value = -1;

	ck_assert_int_eq(nsc_setsockopt_int(fd, IPPROTO_IP, IP_TTL, 77), 0);
	ck_assert_int_eq(nsc_getsockopt_int(fd, IPPROTO_IP, IP_TTL, &value), 0);
	ck_assert_int_eq(value, 77);
	ck_assert_int_eq(nsc_getsockopt_int(-1, SOL_SOCKET, SO_TYPE, &value), -EBADF);
	ck_assert_int_eq(value, 0);
}
END_TEST

START_TEST(test_files_are_opened_close_on_exec)
{
	int fd = nsc_openat(AT_FDCWD, "/dev/null", O_RDONLY, 0);
	char byte;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(nsc_fcntl(fd, F_GETFD, 0), FD_CLOEXEC);
	ck_assert_int_eq(nsc_read(fd, &byte, 1), 0);
	ck_assert_int_eq(nsc_openat(AT_FDCWD, "/nonexistent", O_RDONLY, 0), -ENOENT);
}
END_TEST

START_TEST(test_names_are_ipv4_or_ipv6)
{
	int in6 = socket(AF_INET6, SOCK_STREAM, 0), local = socket(AF_UNIX, SOCK_STREAM, 0);
	union nsc_address address;

	ck_assert_int_eq(nsc_name(SYS_getsockname, in6, &address), 0);
	ck_assert_int_eq(address.any.sa_family, AF_INET6);
	ck_assert_int_eq(nsc_name(SYS_getpeername, in6, &address), -ENOTCONN);
	ck_assert_int_eq(nsc_name(SYS_getsockname, local, &address), -EAFNOSUPPORT);
	ck_assert_int_eq(nsc_name(SYS_getsockname, -1, &address), -EBADF);
}
END_TEST

START_TEST(test_a_longer_name_does_not_overrun_the_address)
{
	struct {
		union nsc_address address;
		char behind[128];
	} room;
	struct sockaddr_un long_name = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	memset(long_name.sun_path + 1, 'n', sizeof long_name.sun_path - 1);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&long_name, sizeof long_name), 0);
	memset(&room, 'x', sizeof room);
	ck_assert_int_eq(nsc_name(SYS_getsockname, fd, &room.address), -EAFNOSUPPORT);
	for (size_t i = 0; i < sizeof room.behind; i++)
		ck_assert_int_eq(room.behind[i], 'x');
}
END_TEST

/* Calls each function that connects, on a descriptor that is not open. */
static void assert_each_gives_ebadf(void)
{
	struct sockaddr nowhere = {.sa_family = AF_UNSPEC};
	struct mmsghdr message = {.msg_hdr = {.msg_name = &nowhere, .msg_namelen = sizeof nowhere}};

	nsc_real_find();
	fake_kernel_install();
	ck_assert_int_eq(nsc_real.connect(-1, &nowhere, sizeof nowhere), -1);
	ck_assert_int_eq(errno, EBADF);
	ck_assert_int_eq(nsc_real.sendto(-1, "a", 1, MSG_FASTOPEN, &nowhere, sizeof nowhere), -1);
	ck_assert_int_eq(errno, EBADF);
	ck_assert_int_eq(nsc_real.sendmsg(-1, &message.msg_hdr, MSG_FASTOPEN), -1);
	ck_assert_int_eq(errno, EBADF);
	ck_assert_int_eq(nsc_real.sendmmsg(-1, &message, 1, MSG_FASTOPEN), -1);
	ck_assert_int_eq(errno, EBADF);
}

START_TEST(test_the_next_functions_that_connect_are_libcs)
{
	assert_each_gives_ebadf();
	/* libc's functions are cancellation points; calls by number are not. */
	ck_assert_uint_eq(fake_kernel_count(FAKE_ANY), 0);
}
END_TEST

static void assert_arguments(long number, const long *want, int count)
{
	const struct fake_call *call = fake_kernel_call(number, 1);

	ck_assert_ptr_nonnull(call);
	for (int i = 0; i < count; i++)
		ck_assert_msg(call->argument[i] == want[i], "argument %d of call %ld", i, number);
}

START_TEST(test_without_next_functions_the_kernel_is_called)
{
	struct sockaddr nowhere = {.sa_family = AF_UNSPEC};
	struct mmsghdr message = {.msg_len = 0};
	const char data[] = "data";

	no_next_functions = true;
	assert_each_gives_ebadf();
	ck_assert_uint_eq(fake_kernel_count(FAKE_ANY), 4);
	fake_kernel_install();
	fake_kernel_return(FAKE_ANY, FAKE_EACH, 3);
	ck_assert_int_eq(nsc_real.connect(5, &nowhere, 16), 3);
	assert_arguments(SYS_connect, (long[]){5, (long)&nowhere, 16}, 3);
	ck_assert_int_eq(nsc_real.sendto(5, data, 4, MSG_FASTOPEN, &nowhere, 16), 3);
	assert_arguments(SYS_sendto, (long[]){5, (long)data, 4, MSG_FASTOPEN, (long)&nowhere}, 5);
	ck_assert_int_eq(nsc_real.sendmsg(5, &message.msg_hdr, MSG_FASTOPEN), 3);
	assert_arguments(SYS_sendmsg, (long[]){5, (long)&message.msg_hdr, MSG_FASTOPEN}, 3);
	ck_assert_int_eq(nsc_real.sendmmsg(5, &message, 1, MSG_FASTOPEN), 3);
	assert_arguments(SYS_sendmmsg, (long[]){5, (long)&message, 1, MSG_FASTOPEN}, 4);
}
END_TEST

Suite *suite_kernel(void)
{
	Suite *suite = suite_create("kernel");
	TCase *calls = tcase_create("calls"), *table = tcase_create("table");

	tcase_add_test(calls, test_errors_are_negative_and_results_are_not);
	tcase_add_test(calls, test_an_option_that_cannot_be_read_is_zero);
	tcase_add_test(calls, test_files_are_opened_close_on_exec);
	tcase_add_test(calls, test_names_are_ipv4_or_ipv6);
	tcase_add_test(calls, test_a_longer_name_does_not_overrun_the_address);
	suite_add_tcase(suite, calls);
	tcase_add_test(table, test_the_next_functions_that_connect_are_libcs);
	tcase_add_test(table, test_without_next_functions_the_kernel_is_called);
	suite_add_tcase(suite, table);
	return suite;
}
