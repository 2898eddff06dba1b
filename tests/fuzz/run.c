/* SPDX-License-Identifier: MIT */
/* Runs a program and records what each step has changed. */
#include "run.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "place.h"

const struct fuzz_view *fuzz_view_of(const struct fuzz_moment *moment, int fd)
{
	for (unsigned i = 0; i < moment->views; i++)
		if (moment->view[i].fd == fd)
			return &moment->view[i];
	return NULL;
}

const struct fuzz_moment *fuzz_last_of(const struct fuzz_trace *trace)
{
	static const struct fuzz_moment none;

	return trace->steps ? &trace->moment[trace->steps - 1] : &none;
}

static bool takes_a_number(const struct fuzz_step *step)
{
	return step->kind == FUZZ_DUP2 || step->kind == FUZZ_DUP3;
}

void fuzz_look_after(struct fuzz_trace *trace)
{
	struct fuzz_moment *moment = &trace->moment[trace->steps++];

	moment->views = fuzz_look(moment->view);
}

void fuzz_close_all(const struct fuzz_trace *trace)
{
	static const struct linger at_once = {1, 0};
	const struct fuzz_moment *last = fuzz_last_of(trace);

	for (unsigned i = 0; i < last->views; i++)
		setsockopt(last->view[i].fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	syscall(SYS_close_range, (unsigned)fuzz_base, FUZZ_HARNESS - 1,
		0); /* musl has no function for it */
}

/*
 * In one of so many programs, the fuzzer reads all options of its sockets, or of the sockets that
 * the shim touched.
 */
enum { RARELY = 16, SOMETIMES = 4 };

static enum fuzz_depth depth_for(const struct fuzz_program *program, bool touched)
{
	unsigned turn = program->mode >> 2;

	if (touched)
		return turn % SOMETIMES == 0 ? FUZZ_ALL : FUZZ_SETTINGS;
	return turn % RARELY == 0 ? FUZZ_SETTINGS : FUZZ_PENDING;
}

static int lowest_free(void)
{
	int fd = fcntl(STDERR_FILENO, F_DUPFD, fuzz_base);

	close(fd);
	return fd;
}

/* Normally the harness closes sockets by RST, and programs rarely bind ports other than these. */
static bool closes_itself(const struct fuzz_program *program)
{
	for (unsigned i = 0; i < program->steps; i++)
		if (program->step[i].kind == FUZZ_CLOSE || program->step[i].kind == FUZZ_SHUTDOWN ||
		    takes_a_number(&program->step[i]))
			return true;
	return false;
}

void fuzz_end(const struct fuzz_program *program, struct fuzz_trace *trace, uint64_t touched)
{
	const struct fuzz_moment *last = fuzz_last_of(trace);

	trace->touched = touched;
	trace->lowest = lowest_free();
	trace->values = 0;
	for (unsigned i = 0; i < last->views; i++) {
		int fd = last->view[i].fd;
		enum fuzz_depth depth = depth_for(program, touched >> (fd - fuzz_base) & 1);

		trace->values += fuzz_look_closely(fd, depth, trace->value + trace->values,
						   FUZZ_VALUES - trace->values);
	}
	fuzz_close_all(trace);
	trace->taken = fuzz_place_taken(closes_itself(program));
}

void fuzz_run(const struct fuzz_program *program, const struct fuzz_doors *doors, uint64_t touched,
	      struct fuzz_trace *trace)
{
	int limit = FUZZ_NO_LIMIT;

	trace->steps = 0;
	for (unsigned i = 0; i < program->steps; i++) {
		fuzz_call(&program->step[i], doors, &limit, &trace->moment[i].result);
		fuzz_look_after(trace);
	}
	fuzz_end(program, trace, touched);
}
