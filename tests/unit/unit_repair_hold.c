/* SPDX-License-Identifier: MIT */
/* hold.c: holding the port on the socket's device, or choosing another port instead. */
#include "unit.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <sys/syscall.h>

#include "fake_kernel.h"
#include "repair_setup.h"
#include "loopback.h"

static const struct {
	long number;
	unsigned nth;
	int error;
} no_hold[] = {{SYS_socket, 1, EMFILE}, {SYS_bind, 1, EADDRINUSE}};

START_TEST(test_where_the_port_cannot_be_held_another_one_is_taken)
{
	union nsc_address local;
	int fd;

	fd = repair_setup(NSC_METHOD_REPLACE, NULL);
	fake_kernel_install();
	fake_kernel_return(no_hold[_i].number, no_hold[_i].nth, -no_hold[_i].error);
	ck_assert_int_eq(repair(fd), NSC_REPAIR_REWOUND);
	ck_assert_int_eq(hold.fd, -1);
	local = loopback_local(fd);
	ck_assert_uint_eq(nsc_address_port(&local), 40001);
}
END_TEST

static long answer_state(const struct fake_call *call, void *state)
{
	long result = fake_kernel_pass(call);

	if (call->argument[1] == IPPROTO_TCP && call->argument[2] == TCP_INFO)
		*(unsigned char *)call->argument[3] = *(unsigned char *)state;
	return result;
}

/* If a second thread has connected the socket since the teardown, its port is not the caller's. */
START_TEST(test_a_port_is_the_callers_own_only_where_the_socket_is_closed)
{
	static const unsigned char states[] = {TCP_CLOSE, TCP_SYN_SENT, TCP_ESTABLISHED};
	unsigned char state = states[_i];
	int fd;

	fd = repair_setup(NSC_METHOD_REWIND, NULL);
	fake_kernel_install();
	fake_kernel_return(SYS_bind, 1, -EADDRINUSE);
	fake_kernel_return(SYS_bind, 2, -EINVAL);
	fake_kernel_return(SYS_bind, 3, -EINVAL);
	fake_kernel_answer(SYS_getsockopt, FAKE_EACH, answer_state, &state);
	ck_assert_int_eq(repair(fd), state == TCP_CLOSE ? NSC_REPAIR_OWN : NSC_REPAIR_REWOUND);
}
END_TEST

START_TEST(test_where_no_other_port_is_free_it_is_rewound_all_the_same)
{
	int fd;

	fd = repair_setup(NSC_METHOD_REPLACE, NULL);
	fake_kernel_install();
	fake_kernel_return(SYS_bind, FAKE_EACH, -EADDRINUSE);
	ck_assert_int_eq(repair(fd), NSC_REPAIR_REWOUND);
	ck_assert_uint_eq(fake_kernel_count(SYS_bind), 2);
}
END_TEST

START_TEST(test_a_port_that_is_neither_held_nor_known_is_rewound_all_the_same)
{
	int fd = repair_setup(NSC_METHOD_REPLACE, NULL);
	union nsc_address peer;

	fake_kernel_install();
	fake_kernel_return(SYS_bind, 1, -EADDRINUSE);
	fake_kernel_return(SYS_getsockname, 2,
			   -ENOBUFS); /* the first is the check while signals are blocked */
	ck_assert_int_eq(repair(fd), NSC_REPAIR_REWOUND);
	ck_assert_uint_eq(fake_kernel_count(SYS_bind), 1);
	peer = loopback_peer(fd);
	ck_assert_int_eq(peer.any.sa_family, AF_UNSPEC);
}
END_TEST

static void bind_to_loopback_device(int fd)
{
	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3), 0);
}

static const char *device_of(int fd)
{
	static char name[IFNAMSIZ];
	socklen_t length = sizeof name;

	name[0] = '\0';
	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, &length), 0);
	return name;
}

/* Each VRF has its own ports, so a bind without the device proves nothing. */
START_TEST(test_the_holder_is_bound_to_the_sockets_device_before_it_takes_the_port)
{
	const struct fake_call *set;
	int fd = repair_setup(NSC_METHOD_REWIND, _i ? bind_to_loopback_device : NULL);

	fake_kernel_install();
	ck_assert_int_eq(repair(fd), NSC_REPAIR_REWOUND);
	ck_assert_int_ge(hold.fd, 0);
	ck_assert_str_eq(device_of(hold.fd), _i ? "lo" : "");
	set = fake_kernel_call(SYS_setsockopt, 1);
	ck_assert_int_eq(set->argument[2], _i ? SO_BINDTODEVICE : SO_REUSEADDR);
	ck_assert(!_i || set < fake_kernel_call(SYS_bind, 1));
}
END_TEST

static long answer_device(const struct fake_call *call, void *refused)
{
	if (call->argument[1] != SOL_SOCKET || call->argument[2] != SO_BINDTODEVICE)
		return fake_kernel_pass(call);
	return -*(int *)refused;
}

/*
 * Before Linux 5.7, binding to a device needs CAP_NET_RAW. A sandbox may forbid reading the device.
 */
START_TEST(test_where_the_device_cannot_be_matched_another_port_is_taken)
{
	int refused = EPERM, fd = repair_setup(NSC_METHOD_REPLACE, bind_to_loopback_device);
	union nsc_address local;

	fake_kernel_install();
	fake_kernel_answer(_i ? SYS_getsockopt : SYS_setsockopt, FAKE_EACH, answer_device,
			   &refused);
	ck_assert_int_eq(repair(fd), NSC_REPAIR_REWOUND);
	ck_assert_int_eq(hold.fd, -1);
	local = loopback_local(fd);
	ck_assert_uint_eq(nsc_address_port(&local), 40001);
}
END_TEST

Suite *suite_repair_hold(void)
{
	Suite *suite = suite_create("repair_hold");
	TCase *evaded = tcase_create("evaded"), *device = tcase_create("device");

	tcase_add_loop_test(evaded, test_where_the_port_cannot_be_held_another_one_is_taken, 0, 2);
	tcase_add_loop_test(evaded, test_a_port_is_the_callers_own_only_where_the_socket_is_closed,
			    0, 3);
	tcase_add_test(evaded, test_where_no_other_port_is_free_it_is_rewound_all_the_same);
	tcase_add_test(evaded, test_a_port_that_is_neither_held_nor_known_is_rewound_all_the_same);
	suite_add_tcase(suite, evaded);
	tcase_add_loop_test(device,
			    test_the_holder_is_bound_to_the_sockets_device_before_it_takes_the_port,
			    0, 2);
	tcase_add_loop_test(device, test_where_the_device_cannot_be_matched_another_port_is_taken,
			    0, 2);
	suite_add_tcase(suite, device);
	return suite;
}
