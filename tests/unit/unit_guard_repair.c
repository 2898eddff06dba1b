/* SPDX-License-Identifier: MIT */
/*
 * guard.c: undoing self-connections and calling again, until none results or the budget is used up.
 */
#include "unit.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "fake_kernel.h"
#include "fake_socket.h"
#include "guard_script.h"
#include "settings.h"

static const struct step always_itself[] = {{0, true, 0}};
static const struct step once_itself[] = {{0, true, 0}, {-ECONNREFUSED, false, 0}};

static void assert_logged(const char *what)
{
	ck_assert_msg(strstr(script.log, what), "no \"%s\" in: %s", what, script.log);
}

static unsigned lines_logged(void)
{
	unsigned lines = 0;

	for (const char *at = script.log; *at; at++)
		lines += *at == '\n';
	return lines;
}

START_TEST(test_a_self_connection_is_undone_and_the_call_made_again)
{
	ck_assert_int_eq(script_run(once_itself, 2), -1);
	ck_assert_int_eq(errno, ECONNREFUSED);
	ck_assert_uint_eq(script.made, 2);
	ck_assert_uint_eq(fake_kernel_count(SYS_connect), 1);
	ck_assert_uint_eq(script_holders(), 1);
	ck_assert_uint_eq(lines_logged(), 1);
	assert_logged(" fd=7 address=127.0.0.1:40000 action=rewind retry=1 outcome=refused\n");
}
END_TEST

static const long still_going[] = {-EINPROGRESS, -EINTR};

START_TEST(test_a_self_connection_in_progress_is_undone_too)
{
	const struct step steps[] = {{still_going[_i], true, 0}, {still_going[_i], false, 40001}};

	ck_assert_int_eq(script_run(steps, 2), -1);
	ck_assert_int_eq(errno, -still_going[_i]);
	ck_assert_uint_eq(script.made, 2);
	assert_logged(_i ? " outcome=interrupted\n" : " outcome=in-progress\n");
}
END_TEST

START_TEST(test_errno_is_left_alone_by_a_success_after_a_repair)
{
	static const struct step steps[] = {{0, true, 0}, {0, false, 40001}};

	fake_kernel_return(SYS_getsockopt, 3, -ENOPROTOOPT);
	ck_assert_int_eq(script_run(steps, 2), 0);
	ck_assert_int_eq(errno, SCRIPT_ERRNO);
	assert_logged(" outcome=connected\n");
}
END_TEST

static const uint8_t budgets[] = {0, 1, 2, 100};

START_TEST(test_when_the_retries_are_used_up_it_relents)
{
	uint8_t retries = budgets[_i];

	nsc_settings.retries = retries;
	ck_assert_int_eq(script_run(always_itself, 1), 0);
	ck_assert_int_eq(errno, SCRIPT_ERRNO);
	ck_assert_uint_eq(script.made, 1 + retries);
	ck_assert_uint_eq(fake_kernel_count(SYS_connect), retries);
	ck_assert_uint_eq(script_holders(), retries);
	assert_logged(" action=none retry=0 outcome=self-connected\n");
}
END_TEST

START_TEST(test_when_the_retries_are_used_up_it_refuses)
{
	uint8_t retries = budgets[_i];

	nsc_settings.retries = retries;
	nsc_settings.give_up = NSC_GIVE_UP_REFUSE;
	ck_assert_int_eq(script_run(always_itself, 1), -1);
	ck_assert_int_eq(errno, ECONNREFUSED);
	ck_assert_uint_eq(script.made, 1 + retries);
	ck_assert_uint_eq(fake_kernel_count(SYS_connect), 1 + retries);
	ck_assert_uint_eq(script_holders(), 1 + retries);
	assert_logged(" action=rewind retry=0 outcome=refused\n");
}
END_TEST

START_TEST(test_each_retry_is_reported_with_its_number)
{
	ck_assert_int_eq(script_run(always_itself, 1), 0);
	ck_assert_uint_eq(lines_logged(), 3);
	assert_logged(" action=rewind retry=1 outcome=self-connected\n");
	assert_logged(" action=rewind retry=2 outcome=self-connected\n");
}
END_TEST

START_TEST(test_the_retry_for_a_port_leaves_the_budget_for_self_connections_alone)
{
	static const struct step steps[] = {
		{-EADDRNOTAVAIL, false, 0}, {0, true, 0}, {0, true, 0}, {0, false, 40001}};

	ck_assert_int_eq(script_run(steps, 4), 0);
	ck_assert_uint_eq(script.made, 4);
	ck_assert_uint_eq(lines_logged(), 2);
	assert_logged(" action=rewind retry=2 outcome=connected\n");
}
END_TEST

START_TEST(test_after_a_repair_a_port_is_looked_for_once_more)
{
	static const struct step steps[] = {
		{0, true, 0}, {-EADDRNOTAVAIL, false, 0}, {-ECONNREFUSED, false, 0}};

	nsc_settings.retries = 1;
	ck_assert_int_eq(script_run(steps, 3), -1);
	ck_assert_int_eq(errno, ECONNREFUSED);
	ck_assert_uint_eq(script.made, 3);
	assert_logged(" action=rewind retry=1 outcome=refused\n");
}
END_TEST

START_TEST(test_a_port_is_looked_for_once_only)
{
	static const struct step steps[] = {
		{-EADDRNOTAVAIL, false, 0}, {0, true, 0}, {-EADDRNOTAVAIL, false, 0}};

	ck_assert_int_eq(script_run(steps, 3), -1);
	ck_assert_int_eq(errno, EADDRNOTAVAIL);
	ck_assert_uint_eq(script.made, 3);
}
END_TEST

/* Without the shim the caller would get EADDRNOTAVAIL. */
START_TEST(test_a_self_connection_that_only_a_retry_made_is_undone_in_any_case)
{
	static const struct step steps[] = {{-EADDRNOTAVAIL, false, 0}, {0, true, 0}};
	uint8_t retries = budgets[1 + _i / 2];
	char line[64];

	nsc_settings.retries = retries;
	nsc_settings.give_up = _i % 2 ? NSC_GIVE_UP_REFUSE : NSC_GIVE_UP_RELENT;
	ck_assert_int_eq(script_run(steps, 2), -1);
	ck_assert_int_eq(errno, EADDRNOTAVAIL);
	ck_assert_uint_eq(script.made, 2 + retries);
	ck_assert_uint_eq(fake_kernel_count(SYS_connect), 1 + retries);
	ck_assert_uint_eq(script_holders(), 1 + retries);
	snprintf(line, sizeof line, " action=rewind retry=0 outcome=errno-%d\n", EADDRNOTAVAIL);
	assert_logged(line);
}
END_TEST

static void assert_held(void)
{
	if (script.made == 0)
		return;
	ck_assert_uint_eq(fake_kernel_count(SYS_bind), script.made);
	ck_assert_uint_eq(fake_kernel_count(SYS_socket), script.made);
	/* Closed before: the range, the log, and the holder of each earlier repair. */
	for (unsigned i = 1, closed = 0; i <= fake_kernel_count(SYS_close); i++) {
		closed += fake_kernel_call(SYS_close, i)->argument[0] == SCRIPT_HOLDER;
		ck_assert_uint_lt(closed, script.made);
	}
}

START_TEST(test_the_port_is_held_while_the_call_is_made_again)
{
	script.before_make = assert_held;
	ck_assert_int_eq(script_run(always_itself, 1), 0);
	ck_assert_uint_eq(script.made, 3);
	ck_assert_uint_eq(script_holders(), 2);
}
END_TEST

START_TEST(test_a_port_of_the_callers_own_is_connected_again_and_handed_back)
{
	nsc_settings.give_up = _i ? NSC_GIVE_UP_REFUSE : NSC_GIVE_UP_RELENT;
	nsc_settings.retries = _i == 2 ? 0 : 2;
	fake_socket.state = TCP_CLOSE;                /* once it is torn down */
	fake_kernel_return(SYS_bind, 1, -EADDRINUSE); /* the hold */
	fake_kernel_return(SYS_bind, 2, -EINVAL);     /* the caller's socket */
	fake_kernel_return(SYS_bind, 3, -EINVAL);     /* asked twice */
	ck_assert_int_eq(script_run(always_itself, 1), 0);
	ck_assert_int_eq(errno, SCRIPT_ERRNO);
	ck_assert_uint_eq(script.made, 2);
	ck_assert_uint_eq(fake_kernel_count(SYS_connect), 1);
	ck_assert_uint_eq(script_holders(), 1);
	ck_assert_str_eq(script.log, "");
}
END_TEST

START_TEST(test_what_cannot_be_torn_down_is_handed_back_and_reported)
{
	nsc_settings.give_up = _i ? NSC_GIVE_UP_REFUSE : NSC_GIVE_UP_RELENT;
	nsc_settings.retries = _i == 2 ? 0 : 2;
	fake_kernel_return(SYS_connect, FAKE_EACH, -EOPNOTSUPP);
	ck_assert_int_eq(script_run(always_itself, 1), 0);
	ck_assert_int_eq(errno, SCRIPT_ERRNO);
	ck_assert_uint_eq(script.made, 1);
	ck_assert_uint_eq(lines_logged(), 1);
	assert_logged(" action=none retry=0 outcome=self-connected\n");
}
END_TEST

Suite *suite_guard_repair(void)
{
	Suite *suite = suite_create("guard_repair");
	TCase *again = tcase_create("again"), *last = tcase_create("last");

	tcase_add_checked_fixture(again, script_install, NULL);
	tcase_add_test(again, test_a_self_connection_is_undone_and_the_call_made_again);
	tcase_add_loop_test(again, test_a_self_connection_in_progress_is_undone_too, 0, 2);
	tcase_add_test(again, test_errno_is_left_alone_by_a_success_after_a_repair);
	tcase_add_test(again, test_each_retry_is_reported_with_its_number);
	tcase_add_test(again,
		       test_the_retry_for_a_port_leaves_the_budget_for_self_connections_alone);
	tcase_add_test(again, test_after_a_repair_a_port_is_looked_for_once_more);
	tcase_add_test(again, test_a_port_is_looked_for_once_only);
	tcase_add_test(again, test_the_port_is_held_while_the_call_is_made_again);
	suite_add_tcase(suite, again);
	tcase_add_checked_fixture(last, script_install, NULL);
	tcase_add_loop_test(last, test_when_the_retries_are_used_up_it_relents, 0, 4);
	tcase_add_loop_test(last, test_when_the_retries_are_used_up_it_refuses, 0, 4);
	tcase_add_loop_test(
		last, test_a_self_connection_that_only_a_retry_made_is_undone_in_any_case, 0, 6);
	tcase_add_loop_test(last, test_a_port_of_the_callers_own_is_connected_again_and_handed_back,
			    0, 3);
	tcase_add_loop_test(last, test_what_cannot_be_torn_down_is_handed_back_and_reported, 0, 3);
	suite_add_tcase(suite, last);
	return suite;
}
