/* SPDX-License-Identifier: MIT */
/* The differential fuzzer: runs one input with the shim and without. */
#include "fuzz.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "compare.h"
#include "place.h"
#include "trace.h"

struct fuzz_tally fuzz_tally;

/* One namespace for runs by the kernel's functions, one for the shim's. */
static struct fuzz_place raw_place = {-1, -1}, shim_place = {-1, -1};
static struct fuzz_trace raw, shim;
static struct fuzz_prevented prevented[FUZZ_STEPS];
static unsigned deliberate;

/*
 * The kernel hands out the lowest free descriptor. All below fuzz_base are open, all from it on are
 * free. Called before the first program, because libFuzzer opens a file after fuzz_start().
 */
static void choose_base(void)
{
	int highest = 2, fd;

	if (fuzz_base)
		return;

	for (fd = 3; fd < FUZZ_HARNESS; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			highest = fd;
	while ((fd = open("/dev/null", O_RDWR | O_CLOEXEC)) <= highest && fd >= 0)
		;
	close(fd);
	fuzz_base = highest + 1;
}

void fuzz_start(const char *library)
{
	static const int ignored[] = {SIGPIPE, SIGIO, SIGURG};

	for (unsigned i = 0; i < sizeof ignored / sizeof *ignored; i++)
		signal(ignored[i], SIG_IGN);
	fuzz_doors_open(library);
	fuzz_call_prepare();
	fuzz_place_make(&raw_place);
	fuzz_place_make(&shim_place);
}

/* Leaves a namespace for good if something remains in it: it would differ from the other one. */
static void leave(struct fuzz_place *place, unsigned taken)
{
	if (taken == 0)
		return;
	fuzz_place_make(place);
	fuzz_tally.fresh++;
}

static bool run(struct fuzz_program *program)
{
	memset(prevented, 0, sizeof prevented);
	fuzz_place_enter(&raw_place);
	while (fuzz_run_raw(program, prevented, &raw, &deliberate) >= 0)
		leave(&raw_place, fuzz_place_taken(true));
	leave(&raw_place, raw.taken);
	fuzz_place_enter(&shim_place);
	fuzz_run(program, fuzz_shim(program->mode), raw.touched, &shim);
	leave(&shim_place, shim.taken);
	return fuzz_same(&raw, &shim);
}

static void tell(const struct fuzz_program *program)
{
	fuzz_tell(program, fuzz_shim(program->mode)->name, &raw, &shim, prevented);
}

/* Runs the program again in new namespaces. */
static bool run_again(struct fuzz_program *program)
{
	fuzz_place_make(&raw_place);
	fuzz_place_make(&shim_place);
	return run(program);
}

/*
 * If the machine pauses for longer than TCP's retransmission time (0.2 s), results may differ by
 * chance. So a difference is run again. One that does not repeat is reported and counted
 * separately.
 */
static bool judge(struct fuzz_program *program)
{
	if (run(program))
		return true;
	tell(program);
	if (!run_again(program)) {
		fuzz_tally.differences++;
		printf("A difference. The same again:\n");
		tell(program);
		return false;
	}
	fuzz_tally.unrepeated++;
	printf("A difference that was not there again.\n\n");
	return true;
}

static void count(const struct fuzz_program *program)
{
	fuzz_tally.programs++;
	fuzz_tally.calls += program->steps;
	fuzz_tally.deliberate += deliberate;
	for (unsigned i = 0; i < program->steps; i++)
		fuzz_tally.prevented += prevented[i].here;
}

bool fuzz_one(const uint8_t *bytes, size_t size)
{
	struct fuzz_program program;
	bool same;

	choose_base();
	fuzz_decode(&program, bytes, size);
	same = judge(&program);
	count(&program);
	return same;
}

bool fuzz_replay(const uint8_t *bytes, size_t size)
{
	struct fuzz_program program;
	bool same;

	choose_base();
	fuzz_decode(&program, bytes, size);
	same = run(&program);
	tell(&program);
	count(&program);
	fuzz_tally.differences += !same;
	return same;
}
