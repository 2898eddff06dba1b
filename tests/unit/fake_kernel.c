/* SPDX-License-Identifier: MIT */
/*
 * A fake kernel. It records system calls and passes them on, except those that a test fails or
 * answers.
 */
#include "fake_kernel.h"

#include <check.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

#include "real.h"

enum { CALLS = 8192, RULES = 32 };

struct rule {
	long number;
	unsigned nth;
	fake_answer *answer; /* NULL: `result` */
	void *context;
	long result;
};

static struct fake_call calls[CALLS];
static unsigned call_count;
static struct rule rules[RULES];
static unsigned rule_count;

static bool is_of(const struct fake_call *call, long number)
{
	return number == FAKE_ANY || number == call->number;
}

static long answer(const struct fake_call *call)
{
	for (unsigned i = rule_count; i-- > 0;) {
		const struct rule *rule = &rules[i];

		if (!is_of(call, rule->number))
			continue;
		if (rule->nth != FAKE_EACH && rule->nth != fake_kernel_count(rule->number))
			continue;
		return rule->answer ? rule->answer(call, rule->context) : rule->result;
	}
	return fake_kernel_pass(call);
}

static long fake(long number, long a, long b, long c, long d, long e, long f)
{
	struct fake_call *call;

	(void)f; /* the core's calls have at most five */

	/* ck_assert would write to a file on each call, and a test may have forbidden that. */
	if (call_count == CALLS)
		ck_abort_msg("more than %d calls", CALLS);
	call = &calls[call_count++];
	*call = (struct fake_call){number, {a, b, c, d, e}, 0};
	call->result = answer(call);
	return call->result;
}

void fake_kernel_install(void)
{
	call_count = 0;
	rule_count = 0;
	nsc_real.syscall = fake;
}

static void add(struct rule rule)
{
	ck_assert_uint_lt(rule_count, RULES);
	rules[rule_count++] = rule;
}

void fake_kernel_return(long number, unsigned nth, long result)
{
	add((struct rule){.number = number, .nth = nth, .result = result});
}

void fake_kernel_answer(long number, unsigned nth, fake_answer *how, void *context)
{
	add((struct rule){.number = number, .nth = nth, .answer = how, .context = context});
}

long fake_kernel_pass(const struct fake_call *call)
{
	const long *a = call->argument;
	long result = syscall(call->number, a[0], a[1], a[2], a[3], a[4], 0L);

	return result == -1 ? -errno : result;
}

unsigned fake_kernel_count(long number)
{
	unsigned count = 0;

	for (unsigned i = 0; i < call_count; i++)
		count += is_of(&calls[i], number);
	return count;
}

const struct fake_call *fake_kernel_call(long number, unsigned nth)
{
	for (unsigned i = 0; i < call_count; i++)
		if (is_of(&calls[i], number) && --nth == 0)
			return &calls[i];
	return NULL;
}
