/* SPDX-License-Identifier: MIT */
/*
 * guard.c: which calls are inspected, what that costs, and what the caller gets without a repair.
 */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include "fake_clock.h"
#include "fake_kernel.h"
#include "fake_socket.h"
#include "guard_script.h"
#include "kernel_constants.h"
#include "settings.h"

static const struct step itself[] = {{0, true, 0}};

static void assert_no_system_call(void)
{
	ck_assert_uint_eq(script.made, 1);
	ck_assert_uint_eq(fake_kernel_count(FAKE_ANY), 0);
}

static const long hopeless[] = {-EBADF,    -EFAULT,  -ECONNREFUSED, -ETIMEDOUT,
				-EALREADY, -EISCONN, -EAFNOSUPPORT, -ENETUNREACH,
				-EACCES,   -EPERM,   -EINVAL,       -ENOTSOCK};

START_TEST(test_other_failures_cost_no_system_call_and_no_look_at_the_address)
{
	const struct step step = {hopeless[_i], false, 0};

	script.address = (const struct sockaddr *)16;
	ck_assert_int_eq(script_run(&step, 1), -1);
	ck_assert_int_eq(errno, -hopeless[_i]);
	assert_no_system_call();
}
END_TEST

START_TEST(test_other_families_cost_no_system_call)
{
	const struct sockaddr_un name = {.sun_family = AF_UNIX};

	script.address = (const struct sockaddr *)&name;
	script.length = sizeof name;
	ck_assert_int_eq(script_run(itself, 1), 0);
	assert_no_system_call();
}
END_TEST

START_TEST(test_an_address_that_is_too_short_costs_no_system_call)
{
	script.address = NULL; /* as sendto(2) has it */
	script.length = 0;
	ck_assert_int_eq(script_run(itself, 1), 0);
	assert_no_system_call();
}
END_TEST

START_TEST(test_disabled_it_only_makes_the_call)
{
	nsc_settings.disabled = true;
	ck_assert_int_eq(script_run(itself, 1), 0);
	ck_assert_int_eq(errno, SCRIPT_ERRNO);
	assert_no_system_call();
}
END_TEST

static char range[] = "50000 60000\n";

static long answer_read(const struct fake_call *call, void *text)
{
	memcpy((void *)call->argument[1], text, strlen(text));
	return (long)strlen(text);
}

START_TEST(test_a_port_outside_the_range_costs_no_system_call_once_the_range_is_known)
{
	unsigned before;

	fake_kernel_return(SYS_openat, FAKE_EACH, 900);
	fake_kernel_answer(SYS_read, FAKE_EACH, answer_read, range);
	ck_assert_int_eq(script_run(itself, 1), 0);
	before = fake_kernel_count(FAKE_ANY);
	ck_assert_int_eq(script_run(itself, 1), 0);
	ck_assert_uint_eq(fake_kernel_count(FAKE_ANY), before);
	ck_assert_uint_eq(fake_kernel_count(SYS_getsockname), 0);
	ck_assert_uint_eq(script.made, 2);
}
END_TEST

START_TEST(test_a_port_inside_the_range_costs_one_system_call_once_the_range_is_known)
{
	static const struct step other[] = {{0, false, 40001}};
	unsigned before;

	script_run(other, 1);
	before = fake_kernel_count(FAKE_ANY);
	ck_assert_int_eq(script_run(other, 1), 0);
	ck_assert_uint_eq(fake_kernel_count(FAKE_ANY), before + 1);
	ck_assert_uint_eq(fake_kernel_count(SYS_getsockname), 2);
}
END_TEST

static const struct step fine[] = {
	{0, false, 40001},
	{17, false, 40001},
	{-EINPROGRESS, false, 40001},
	{-EINTR, false, 40001},
	{-EADDRNOTAVAIL, false, 40001}, /* a port that the caller bound */
};

START_TEST(test_what_is_no_self_connection_is_handed_back)
{
	bool failed = fine[_i].result < 0;

	ck_assert_int_eq(script_run(&fine[_i], 1), failed ? -1 : fine[_i].result);
	ck_assert_int_eq(errno, failed ? -fine[_i].result : SCRIPT_ERRNO);
	ck_assert_uint_eq(script.made, 1);
	ck_assert_uint_eq(fake_kernel_count(SYS_connect), 0);
	ck_assert_str_eq(script.log, "");
}
END_TEST

static const struct {
	int flags, protocol;
	bool handed_back;
	unsigned nth; /* this call of `number` fails, after those of detect.c; 0 for none */
	long number, error;
} successes[] = {
	{O_RDWR | O_NONBLOCK, IPPROTO_TCP, true, 0, 0, 0},
	{O_RDWR | O_NONBLOCK, NSC_IPPROTO_MPTCP, false, 0, 0, 0},
	{O_RDWR, IPPROTO_TCP, false, 0, 0, 0},
	{O_RDWR | O_NONBLOCK, IPPROTO_TCP, false, 1, FAKE_FCNTL, EPERM},
	{O_RDWR | O_NONBLOCK, IPPROTO_TCP, false, 3, SYS_getsockopt, ENOPROTOOPT},
	{O_RDWR | O_NONBLOCK, IPPROTO_TCP, false, 2, SYS_getpeername,
	 ENOTCONN}, /* TCP_FASTOPEN_CONNECT */
};

/* The first connect() of a non-blocking TCP socket is still in progress when it returns. */
START_TEST(test_a_success_that_an_earlier_call_has_begun_is_handed_back)
{
	static const struct step steps[] = {{0, true, 0}, {0, false, 40001}};

	script.flags = successes[_i].flags;
	fake_socket.protocol = successes[_i].protocol;
	if (successes[_i].nth)
		fake_kernel_return(successes[_i].number, successes[_i].nth, -successes[_i].error);
	ck_assert_int_eq(script_run(steps, 2), 0);
	ck_assert_uint_eq(script.made, successes[_i].handed_back ? 1 : 2);
	ck_assert_uint_eq(fake_kernel_count(SYS_connect), successes[_i].handed_back ? 0 : 1);
}
END_TEST

START_TEST(test_without_a_port_the_call_is_made_again_once)
{
	static const struct step no_port[] = {{-EADDRNOTAVAIL, false, 0}};

	nsc_settings.retries = (uint8_t)_i;
	ck_assert_int_eq(script_run(no_port, 1), -1);
	ck_assert_int_eq(errno, EADDRNOTAVAIL);
	ck_assert_uint_eq(script.made, _i ? 2 : 1);
	/* Nothing was connected, so there is nothing to tear down or refuse. */
	ck_assert_uint_eq(fake_kernel_count(SYS_connect), 0);
	ck_assert_str_eq(script.log, "");
}
END_TEST

START_TEST(test_without_a_port_the_destination_port_does_not_matter)
{
	static const struct step no_port[] = {{-EADDRNOTAVAIL, false, 0}, {0, false, 50000}};

	fake_kernel_return(SYS_openat, FAKE_EACH, 900);
	fake_kernel_answer(SYS_read, FAKE_EACH, answer_read, range);
	ck_assert_int_eq(script_run(no_port, 2), 0);
	ck_assert_int_eq(errno, SCRIPT_ERRNO);
	ck_assert_uint_eq(script.made, 2);
}
END_TEST

START_TEST(test_udp_without_a_port_is_not_retried)
{
	static const struct step no_port[] = {{-EADDRNOTAVAIL, false, 0}};

	fake_socket.protocol = IPPROTO_UDP;
	ck_assert_int_eq(script_run(no_port, 1), -1);
	ck_assert_uint_eq(script.made, 1);
}
END_TEST

Suite *suite_guard(void)
{
	Suite *suite = suite_create("guard");
	TCase *cheap = tcase_create("cheap"), *judged = tcase_create("judged");

	tcase_add_checked_fixture(cheap, script_install, NULL);
	tcase_add_loop_test(cheap,
			    test_other_failures_cost_no_system_call_and_no_look_at_the_address, 0,
			    (int)(sizeof hopeless / sizeof *hopeless));
	tcase_add_test(cheap, test_other_families_cost_no_system_call);
	tcase_add_test(cheap, test_an_address_that_is_too_short_costs_no_system_call);
	tcase_add_test(cheap, test_disabled_it_only_makes_the_call);
	tcase_add_test(cheap,
		       test_a_port_outside_the_range_costs_no_system_call_once_the_range_is_known);
	tcase_add_test(cheap,
		       test_a_port_inside_the_range_costs_one_system_call_once_the_range_is_known);
	suite_add_tcase(suite, cheap);
	tcase_add_checked_fixture(judged, script_install, NULL);
	tcase_add_loop_test(judged, test_what_is_no_self_connection_is_handed_back, 0,
			    (int)(sizeof fine / sizeof *fine));
	tcase_add_loop_test(judged, test_a_success_that_an_earlier_call_has_begun_is_handed_back, 0,
			    (int)(sizeof successes / sizeof *successes));
	tcase_add_loop_test(judged, test_without_a_port_the_call_is_made_again_once, 0, 4);
	tcase_add_test(judged, test_without_a_port_the_destination_port_does_not_matter);
	tcase_add_test(judged, test_udp_without_a_port_is_not_retried);
	suite_add_tcase(suite, judged);
	return suite;
}
