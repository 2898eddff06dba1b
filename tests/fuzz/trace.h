/* SPDX-License-Identifier: MIT */
/* What a program's run has shown: each call's result, and all descriptors after it. */
#ifndef NSC_FUZZ_TRACE_H
#define NSC_FUZZ_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "call.h"
#include "program.h"
#include "view.h"

struct fuzz_moment {
	struct fuzz_result result;
	/* Of the reference, a bit for each descriptor from fuzz_base on: */
	uint64_t touched; /* its socket has had a self-connection prevented */
	uint64_t stale;   /* and there was no port left for another connection */
	uint64_t remade;  /* it has been connected to itself deliberately */
	unsigned views;
	struct fuzz_view view[FUZZ_NUMBERS];
};

struct fuzz_trace {
	unsigned steps;
	/*
	 * Of the reference at the end: as in the last moment; and the reference itself has undone a
	 * connection.
	 */
	uint64_t touched, stale, unbound, remade;
	struct fuzz_moment moment[FUZZ_STEPS];
	int lowest; /* free descriptor at the end */
	unsigned values;
	struct fuzz_value value[FUZZ_VALUES];
	unsigned taken; /* after all has been closed: fuzz_place_taken() */
};

/* What makes the socket's own ends the same at a step of a program, and is to be prevented there.
 */
struct fuzz_prevented {
	bool here;
	struct fuzz_name local;
};

/* The descriptor's view after a step, or NULL. */
const struct fuzz_view *fuzz_view_of(const struct fuzz_moment *moment, int fd);

/*
 * Runs the program in the thread's namespace, by the shim's doors. `touched` is that of the
 * reference, whose options are read thoroughly at the end.
 */
void fuzz_run(const struct fuzz_program *program, const struct fuzz_doors *doors, uint64_t touched,
	      struct fuzz_trace *trace);

/*
 * Runs it by the kernel's doors, where at each of the steps of `prevented` the kernel is kept from
 * giving the socket the port that it connects to. Returns the first other step at which a socket
 * connects to itself by a port that the kernel chose, with what there is to know about it in
 * `prevented`, and all closed; or -1 at the program's end. May cut the program short.
 */
int fuzz_run_raw(struct fuzz_program *program, struct fuzz_prevented prevented[FUZZ_STEPS],
		 struct fuzz_trace *trace, unsigned *deliberate);

#endif
