/* SPDX-License-Identifier: MIT */
/*
 * Measures what a return costs: a function that makes one system call, or none, is called alone,
 * and below eight others that inspect its result. If the kernel clears the processor's return
 * predictor (Safe RET, Documentation/admin-guide/hw-vuln/srso.rst), each return above a system call
 * is mispredicted.
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

/* Inspecting the result needs a real call, not a tail call. */
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
