/* SPDX-License-Identifier: MIT */
/* The results of a run: each call's result, and the state of all descriptors after it. */
#ifndef NSC_FUZZ_TRACE_H
#define NSC_FUZZ_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "call.h"
#include "program.h"
#include "view.h"

struct fuzz_moment {
	struct fuzz_result result;
	/* Set by the reference, one bit for each descriptor from fuzz_base on: */
	uint64_t touched; /* a self-connection was prevented */
	uint64_t stale;   /* and no port was left for another connection */
	uint64_t remade;  /* deliberately connected to itself */
	unsigned views;
	struct fuzz_view view[FUZZ_NUMBERS];
};

struct fuzz_trace {
	unsigned steps;
	/*
	 * Set by the reference at the end: the bits of the last moment, and whether the reference
	 * itself has undone a connection.
	 */
	uint64_t touched, stale, unbound, remade;
	struct fuzz_moment moment[FUZZ_STEPS];
	int lowest; /* free descriptor at the end */
	unsigned values;
	struct fuzz_value value[FUZZ_VALUES];
	unsigned taken; /* after all has been closed: fuzz_place_taken() */
};

/*
 * The step of a program that would connect a socket to itself, and the ends, for the reference to
 * prevent.
 */
struct fuzz_prevented {
	bool here;
	struct fuzz_name local;
};

/* The descriptor's state after a step, or NULL. */
const struct fuzz_view *fuzz_view_of(const struct fuzz_moment *moment, int fd);

/*
 * Runs the program in the thread's namespace by the shim's functions. `touched` comes from the
 * reference: those sockets' options are read thoroughly at the end.
 */
void fuzz_run(const struct fuzz_program *program, const struct fuzz_doors *doors, uint64_t touched,
	      struct fuzz_trace *trace);

/*
 * Runs the program by the kernel's functions. At each step of `prevented`, it keeps the kernel from
 * choosing the destination's port. If a socket connects to itself at another step by a port that
 * the kernel chose, closes all, stores the details in `prevented`, and returns that step. Returns
 * -1 at the program's end. May cut the program short.
 */
int fuzz_run_raw(struct fuzz_program *program, struct fuzz_prevented prevented[FUZZ_STEPS],
		 struct fuzz_trace *trace, unsigned *deliberate);

#endif
