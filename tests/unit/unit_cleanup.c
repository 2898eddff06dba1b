/* SPDX-License-Identifier: MIT */
/* cleanup.c: handlers that run when a thread is cancelled in a call or jumps out of it. */
#include "unit.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

#include "cleanup.h"
#include "tap.h"

static int ran;
static sigjmp_buf way_out;

#ifdef __GLIBC__
static const bool registers = true;
#else
static const bool registers = false;
#endif
static const char not_registered[] = "this libc has no function that registers a handler";

static void count(void *by)
{
	ran += *(int *)by;
}

static void *wait_for_ever(void *reached)
{
	struct nsc_cleanup outer, inner;
	int one = 1, ten = 10;

	nsc_cleanup_push(&outer, count, &one);
	nsc_cleanup_push(&inner, count, &ten);
	write(*(int *)reached, "", 1);
	for (;;)
		pause();
	return NULL;
}

START_TEST(test_a_cancelled_thread_runs_its_handlers)
{
	pthread_t thread;
	void *result;
	int reached[2];
	char byte;

	if (!registers)
		tap_skip(not_registered);
	ck_assert_int_eq(pipe(reached), 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, wait_for_ever, &reached[1]), 0);
	ck_assert_int_eq(read(reached[0], &byte, 1), 1);
	ck_assert_int_eq(pthread_cancel(thread), 0);
	ck_assert_int_eq(pthread_join(thread, &result), 0);
	ck_assert_ptr_eq(result, PTHREAD_CANCELED);
	ck_assert_int_eq(ran, 11);
}
END_TEST

static void jump(int signal)
{
	siglongjmp(way_out, signal);
}

/* It needs a frame of its own: a jump does not leave the frame that it returns to. */
__attribute__((noinline)) static void call_that_is_left(void)
{
	struct nsc_cleanup cleanup;
	int one = 1;

	nsc_cleanup_push(&cleanup, count, &one);
	raise(SIGALRM);
	nsc_cleanup_pop(&cleanup, true);
	ck_abort_msg("the jump came back");
}

START_TEST(test_a_handler_that_is_jumped_over_runs_once)
{
	if (!registers)
		tap_skip(not_registered);
	signal(SIGALRM, jump);
	if (sigsetjmp(way_out, 1) == 0)
		call_that_is_left();
	ck_assert_int_eq(ran, 1);
	/* The handler is off libc's list as well, or a second jump would run it again. */
	if (sigsetjmp(way_out, 1) == 0)
		siglongjmp(way_out, 1);
	ck_assert_int_eq(ran, 1);
}
END_TEST

START_TEST(test_popping_runs_the_handler_once)
{
	struct nsc_cleanup cleanup;
	int one = 1;

	nsc_cleanup_push(&cleanup, count, &one);
	ck_assert_int_eq(ran, 0);
	nsc_cleanup_pop(&cleanup, true);
	ck_assert_int_eq(ran, 1);
	if (sigsetjmp(way_out, 1) == 0)
		siglongjmp(way_out, 1);
	ck_assert_int_eq(ran, 1);
}
END_TEST

static void *push_pop_and_exit(void *unused)
{
	struct nsc_cleanup cleanup;
	int one = 1;

	nsc_cleanup_push(&cleanup, count, &one);
	nsc_cleanup_pop(&cleanup, true);
	pthread_exit(unused);
}

START_TEST(test_a_handler_that_was_popped_does_not_run_at_the_end_of_the_thread)
{
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, push_pop_and_exit, NULL), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_int_eq(ran, 1);
}
END_TEST

Suite *suite_cleanup(void)
{
	Suite *suite = suite_create("cleanup");
	TCase *left = tcase_create("left"), *popped = tcase_create("popped");

	tcase_add_test(left, test_a_cancelled_thread_runs_its_handlers);
	tcase_add_test(left, test_a_handler_that_is_jumped_over_runs_once);
	suite_add_tcase(suite, left);
	tcase_add_test(popped, test_popping_runs_the_handler_once);
	tcase_add_test(popped,
		       test_a_handler_that_was_popped_does_not_run_at_the_end_of_the_thread);
	suite_add_tcase(suite, popped);
	return suite;
}
