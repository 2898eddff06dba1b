/* SPDX-License-Identifier: MIT */
/* Callers in seccomp sandboxes that deny one system call or answer it by SIGSYS. */
#include "live.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static struct place to;

/* Makes `number` fail with `error` in this process from now on. */
static void deny(long number, int error)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof filter / sizeof *filter, filter};

	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

static const struct {
	const char *name;
	long number;
	int needed; /* needed to recognize the self-connection or to hold its port */
} denied[] = {
	{"socket", SYS_socket, 0},
	{"bind", SYS_bind, 1},
	{"dup3", SYS_dup3, 0},
	{"openat", SYS_openat, 0},
	{"close", SYS_close, 0},
	{"fcntl", SYS_fcntl, 0},
	{"getsockopt", SYS_getsockopt, 1},
	{"setsockopt", SYS_setsockopt, 0},
	{"getpeername", SYS_getpeername, 1},
	{"getsockname", SYS_getsockname, 1},
	{"fgetxattr", SYS_fgetxattr, 0},
	{"flistxattr", SYS_flistxattr, 0},
	{"statfs", SYS_statfs, 0},
	{"statx", SYS_statx, 0},
	{"readlinkat", SYS_readlinkat, 0},
	{"getdents64", SYS_getdents64, 0},
	{"waitid", SYS_waitid, 0},
	{"ppoll", SYS_ppoll, 0},
	{"prctl", SYS_prctl, 0},
	{"rt_sigprocmask", SYS_rt_sigprocmask, 0},
};

enum { DENIED = sizeof denied / sizeof *denied };

static void with_a_call_denied(int i, int error)
{
	int fd, result, connect_error;

	net_of_two_ports();
	to = place("127.0.0.1", PORT);
	fd = tcp_socket(to, 0);
	deny(denied[i].number, error);
	result = shim_connect(fd, to);
	connect_error = errno;
	/*
	 * The result equals the kernel's without the shim, or is better. The denied call's error
	 * never shows.
	 */
	if (denied[i].needed)
		ck_assert_msg(result == 0 || connect_error == ECONNREFUSED, "%s: %s",
			      denied[i].name, strerror(connect_error));
	else
		ck_assert_msg(result == -1 && connect_error == ECONNREFUSED, "%s: %d, %s",
			      denied[i].name, result, strerror(connect_error));
}

START_TEST(test_a_sandbox_that_denies_a_call_with_eperm)
{
	with_a_call_denied(_i, EPERM);
}
END_TEST

START_TEST(test_a_sandbox_that_knows_no_such_call)
{
	with_a_call_denied(_i, ENOSYS);
}
END_TEST

static volatile sig_atomic_t answered;

static void answer_system_call(int signal)
{
	(void)signal;
	answered++;
}

/*
 * Browser sandboxes answer calls in a SIGSYS handler. If SIGSYS were blocked, it would kill the
 * process.
 */
START_TEST(test_a_sandbox_that_answers_by_sigsys)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof filter / sizeof *filter, filter};

	net_of_two_ports();
	to = place("127.0.0.1", PORT);
	signal(SIGSYS, answer_system_call);
	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
	ck_assert_int_eq(shim_connect(tcp_socket(to, 0), to), -1);
	ck_assert_int_eq(errno, ECONNREFUSED);
	ck_assert_int_gt(answered, 0);
}
END_TEST

Suite *suite_live_sandboxes(void)
{
	Suite *suite = suite_create("sandboxes");
	TCase *sandboxes = tcase_create("sandboxes");

	tcase_set_tags(sandboxes, LIVE_DENIED);
	tcase_add_loop_test(sandboxes, test_a_sandbox_that_denies_a_call_with_eperm, 0, DENIED);
	tcase_add_loop_test(sandboxes, test_a_sandbox_that_knows_no_such_call, 0, DENIED);
	tcase_add_test(sandboxes, test_a_sandbox_that_answers_by_sigsys);
	suite_add_tcase(suite, sandboxes);
	return suite;
}
