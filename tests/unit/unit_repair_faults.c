/* SPDX-License-Identifier: MIT */
/* repair.c: the order of its system calls, and the failure of each in turn. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fake_kernel.h"
#include "fake_process.h"
#include "repair_setup.h"
#include "loopback.h"

/*
 * The position of the first call of `number` on `fd` (-1: any), starting at `from`; 0 if there is
 * none.
 */
static unsigned place_of(long number, int fd, unsigned from)
{
	for (unsigned i = from; i <= fake_kernel_count(FAKE_ANY); i++) {
		const struct fake_call *call = fake_kernel_call(FAKE_ANY, i);

		if (call->number == number && (fd == -1 || call->argument[0] == fd))
			return i;
	}
	return 0;
}

static bool is_option(unsigned place, int level, int option)
{
	const struct fake_call *call = fake_kernel_call(FAKE_ANY, place);

	return call->argument[1] == level && call->argument[2] == option;
}

START_TEST(test_salvaging_comes_before_the_teardown_and_the_hold_right_after)
{
	unsigned torn_down, salvaged = 0, socket_made, bound, reused;
	int fd;

	fd = repair_setup(NSC_METHOD_REPLACE, NULL);
	fake_kernel_install();
	ck_assert_int_eq(repair(fd), NSC_REPAIR_REPLACED);
	torn_down = place_of(SYS_connect, fd, 1);
	for (unsigned i = 1; (i = place_of(SYS_getsockopt, fd, i)) && i < torn_down; i++)
		if (is_option(i, IPPROTO_TCP, TCP_WINDOW_CLAMP))
			salvaged = i;
	ck_assert_uint_gt(salvaged, 0);
	ck_assert_uint_gt(torn_down, salvaged);
	socket_made = place_of(SYS_socket, -1, torn_down);
	ck_assert_int_eq(fake_kernel_call(FAKE_ANY, socket_made)->result, hold.fd);
	bound = place_of(SYS_bind, hold.fd, socket_made);
	ck_assert_uint_gt(bound, socket_made);
	/* If set before the bind, SO_REUSEADDR would let a holder in beside a caller's own port. */
	reused = place_of(SYS_setsockopt, hold.fd, socket_made);
	ck_assert_uint_gt(reused, bound);
	ck_assert(is_option(reused, SOL_SOCKET, SO_REUSEADDR));
	ck_assert_uint_gt(place_of(SYS_dup3, -1, reused), reused);
}
END_TEST

static long answer_being_made(const struct fake_call *call, void *unused)
{
	long result = fake_kernel_pass(call);

	(void)unused;
	if (call->argument[1] == IPPROTO_TCP && call->argument[2] == TCP_INFO &&
	    fake_kernel_count(SYS_ppoll) == 0)
		*(unsigned char *)call->argument[3] = TCP_SYN_SENT;
	return result;
}

static long look_at_the_wait(const struct fake_call *call, void *waited_for)
{
	const struct pollfd *ready = (const struct pollfd *)call->argument[0];

	*(struct pollfd *)waited_for = *ready;
	return 0; /* the wait times out */
}

/*
 * Otherwise its SYN would meet the next connection on this port, which is a deliberate
 * self-connection.
 */
START_TEST(test_a_connection_that_is_being_made_is_waited_for_and_torn_down_all_the_same)
{
	struct pollfd waited_for = {.fd = -1};
	const struct fake_call *after;
	int fd;

	fd = repair_setup(NSC_METHOD_REPLACE, NULL);
	fake_kernel_install();
	fake_kernel_answer(SYS_getsockopt, FAKE_EACH, answer_being_made, NULL);
	fake_kernel_answer(SYS_ppoll, FAKE_EACH, look_at_the_wait, &waited_for);
	ck_assert_int_eq(repair(fd), NSC_REPAIR_REPLACED);
	ck_assert_int_eq(waited_for.fd, fd);
	ck_assert_int_eq(waited_for.events, POLLOUT);
	ck_assert_uint_eq(fake_kernel_count(SYS_ppoll), 1);
	ck_assert_uint_gt(place_of(SYS_ppoll, -1, 1), 0);
	/* Settings are read after the wait, so that they include what the connection changed. */
	after = fake_kernel_call(FAKE_ANY, place_of(SYS_ppoll, -1, 1) + 1);
	ck_assert(after->number == SYS_getsockopt && after->argument[2] == TCP_INFO);
	ck_assert_uint_lt(place_of(SYS_ppoll, -1, 1), place_of(SYS_connect, fd, 1));
}
END_TEST

START_TEST(test_a_connection_that_is_made_is_not_waited_for)
{
	int fd;

	fd = repair_setup(NSC_METHOD_REWIND, NULL);
	fake_kernel_install();
	ck_assert_int_eq(repair(fd), NSC_REPAIR_REWOUND);
	ck_assert_uint_eq(fake_kernel_count(SYS_ppoll), 0);
}
END_TEST

START_TEST(test_what_cannot_be_torn_down_is_left_as_it_was)
{
	union nsc_address peer;
	int fd;

	fd = repair_setup(NSC_METHOD_REPLACE, NULL);
	fake_kernel_install();
	fake_kernel_return(SYS_connect, 1, -EOPNOTSUPP);
	ck_assert_int_eq(repair(fd), NSC_REPAIR_LEFT);
	ck_assert_int_eq(hold.fd, -1);
	peer = loopback_peer(fd);
	ck_assert_uint_eq(nsc_address_port(&peer), 40000);
	ck_assert_uint_eq(fake_kernel_count(SYS_setsockopt), 0);
	ck_assert_uint_eq(fake_kernel_count(SYS_socket), 0);
}
END_TEST

static long answer_another_name(const struct fake_call *call, void *address)
{
	memcpy((void *)call->argument[1], address, sizeof(struct sockaddr_in));
	*(socklen_t *)call->argument[2] = sizeof(struct sockaddr_in);
	return 0;
}

/* Either name differs, or one of them cannot be read. */
START_TEST(test_what_is_another_connection_by_now_is_left_alone)
{
	static const long names[] = {SYS_getsockname, SYS_getpeername};
	union nsc_address another = loopback_address("127.0.0.1", 40001);
	int fd = repair_setup(NSC_METHOD_REPLACE, NULL);

	fake_kernel_install();
	if (_i < 2)
		fake_kernel_answer(names[_i % 2], 1, answer_another_name, &another);
	else
		fake_kernel_return(names[_i % 2], 1, -ENOBUFS);
	ck_assert_int_eq(repair(fd), NSC_REPAIR_LEFT);
	ck_assert_uint_eq(fake_kernel_count(SYS_connect), 0);
	ck_assert_uint_eq(fake_kernel_count(SYS_setsockopt), 0);
}
END_TEST

/* The handshake may still be in progress, so there is no peer yet. */
START_TEST(test_what_has_no_peer_yet_is_torn_down)
{
	int fd = repair_setup(NSC_METHOD_REWIND, NULL);

	fake_kernel_install();
	fake_kernel_return(SYS_getpeername, 1, -ENOTCONN);
	ck_assert_int_eq(repair(fd), NSC_REPAIR_REWOUND);
}
END_TEST

static void set_maxseg(int fd)
{
	ck_assert_int_eq(setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &(int){1000}, sizeof(int)), 0);
}

static long refuse_maxseg_but_for(const struct fake_call *call, void *fd)
{
	bool is_it = call->argument[1] == IPPROTO_TCP && call->argument[2] == TCP_MAXSEG;

	return is_it && call->argument[0] != *(int *)fd ? -EPERM : fake_kernel_pass(call);
}

START_TEST(test_a_twin_that_does_not_take_what_was_salvaged_is_not_put_in_place)
{
	int fd = repair_setup(NSC_METHOD_REPLACE, set_maxseg), before, maxseg = 0;
	socklen_t length = sizeof maxseg;

	before = open_descriptors();
	fake_kernel_install();
	fake_kernel_answer(SYS_setsockopt, FAKE_EACH, refuse_maxseg_but_for, &fd);
	ck_assert_int_eq(repair(fd), NSC_REPAIR_REWOUND);
	ck_assert_uint_eq(fake_kernel_count(SYS_dup3), 0);
	nsc_hold_release(&hold);
	ck_assert_int_eq(open_descriptors(), before);
	ck_assert_int_eq(getsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &maxseg, &length), 0);
	ck_assert_int_eq(maxseg, 1000);
}
END_TEST

START_TEST(test_the_descriptor_is_taken_over_however_often_the_kernel_is_busy)
{
	int fd;

	fd = repair_setup(NSC_METHOD_REPLACE, NULL);
	fake_kernel_install();
	fake_kernel_return(SYS_dup3, 1, -EBUSY);
	fake_kernel_return(SYS_dup3, 2, -EINTR);
	fake_kernel_return(SYS_dup3, 3, -EBUSY);
	ck_assert_int_eq(repair(fd), NSC_REPAIR_REPLACED);
	ck_assert_uint_eq(fake_kernel_count(SYS_dup3), 4);
}
END_TEST

START_TEST(test_a_descriptor_that_stays_busy_is_not_waited_for_for_ever)
{
	int fd;

	fd = repair_setup(NSC_METHOD_REPLACE, NULL);
	fake_kernel_install();
	fake_kernel_return(SYS_dup3, FAKE_EACH, _i ? -EINTR : -EBUSY);
	ck_assert_int_eq(repair(fd), NSC_REPAIR_REWOUND);
	ck_assert_uint_gt(fake_kernel_count(SYS_dup3), 4);
}
END_TEST

Suite *suite_repair_faults(void)
{
	Suite *suite = suite_create("repair_faults");
	TCase *order = tcase_create("order"), *faults = tcase_create("faults");

	tcase_add_test(order, test_salvaging_comes_before_the_teardown_and_the_hold_right_after);
	tcase_add_test(
		order,
		test_a_connection_that_is_being_made_is_waited_for_and_torn_down_all_the_same);
	tcase_add_test(order, test_a_connection_that_is_made_is_not_waited_for);
	suite_add_tcase(suite, order);
	tcase_add_test(faults, test_what_cannot_be_torn_down_is_left_as_it_was);
	tcase_add_loop_test(faults, test_what_is_another_connection_by_now_is_left_alone, 0, 4);
	tcase_add_test(faults, test_what_has_no_peer_yet_is_torn_down);
	tcase_add_test(faults,
		       test_a_twin_that_does_not_take_what_was_salvaged_is_not_put_in_place);
	tcase_add_test(faults, test_the_descriptor_is_taken_over_however_often_the_kernel_is_busy);
	tcase_add_loop_test(faults, test_a_descriptor_that_stays_busy_is_not_waited_for_for_ever, 0,
			    2);
	suite_add_tcase(suite, faults);
	return suite;
}
