/* SPDX-License-Identifier: MIT */
/*
 * What it costs to be returned to: a function that makes one system call, or none, called by itself
 * and below eight others that look at its result. Where the kernel leaves nothing of what the
 * processor knows of returns (Safe RET, see Documentation/admin-guide/hw-vuln/srso.rst), each one
 * above a system call is mispredicted.
 */
#include <sys/syscall.h>
#include <unistd.h>

#include "bench.h"

#define NOINLINE __attribute__((noinline, noclone))

static bool in_kernel;
static volatile long seen;

NOINLINE static long call_0(void)
{
	return in_kernel ? syscall(SYS_getppid) : seen;
}

/* What is looked at has to come back first: no jump will do. */
#define ABOVE(name, below)              \
	NOINLINE static long name(void) \
	{                               \
		return below() + 1;     \
	}
ABOVE(call_1, call_0)
ABOVE(call_2, call_1)
ABOVE(call_3, call_2)
ABOVE(call_4, call_3)
ABOVE(call_5, call_4)
ABOVE(call_6, call_5)
ABOVE(call_7, call_6)
ABOVE(call_8, call_7)

static void run(const struct doors *doors, int calls)
{
	long (*call)(void) = doors == &bench_bare ? call_0 : call_8;

	for (int i = 0; i < calls; i++)
		seen = call();
}

void bench_returns(void)
{
	struct measure measure = {"eight returns", 1000, 200, NULL, run, NULL};

	bench_pairs(&measure);
	in_kernel = true;
	measure.name = "eight returns above a system call";
	bench_pairs(&measure);
}
