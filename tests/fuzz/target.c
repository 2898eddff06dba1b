/* SPDX-License-Identifier: MIT */
/*
 * The differential fuzzer for libFuzzer, which uses the coverage of the shim and the harness to
 * find new inputs.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

int LLVMFuzzerInitialize(int *count, char ***arguments);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void say_tally(void)
{
	printf("tally %lu %lu %lu %lu %lu %lu %lu\n", fuzz_tally.programs, fuzz_tally.calls,
	       fuzz_tally.prevented, fuzz_tally.deliberate, fuzz_tally.fresh, fuzz_tally.unrepeated,
	       fuzz_tally.differences);
	fflush(stdout);
}

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
	(void)count;
	(void)arguments;
	fuzz_start(NULL);
	atexit(say_tally);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	if (!fuzz_one(bytes, size))
		abort();
	return 0;
}
