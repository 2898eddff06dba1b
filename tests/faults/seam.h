/* SPDX-License-Identifier: MIT */
/*
 * The seam between the shim and the real kernel: the table of libc.h, wrapped. Each call that goes
 * through is counted and named, and one of them, or all of a kind, can be made to fail, or be
 * preceded by something.
 */
#ifndef NSC_FAULTS_SEAM_H
#define NSC_FAULTS_SEAM_H

#include <stdbool.h>

#include "errors.h"

/* The parts of a guarded call, in the order of doc/DESIGN.md. A new system call falls into the one
 * that it is made in. */
enum phase {
	PHASE_CALL,
	PHASE_RANGE,
	PHASE_DETECT,
	PHASE_SALVAGE,
	PHASE_TEAR_DOWN,
	PHASE_HOLD,
	PHASE_EVADE,
	PHASE_SHARING,
	PHASE_TWIN,
	PHASE_REPLACE,
	PHASE_RESTORE,
	PHASE_SIGNALS,
	PHASE_AGAIN,
	PHASE_REPORT,
	PHASES
};

extern const char phase_names[PHASES][12];

struct seam_call {
	enum phase phase;
	char name[32];   /* as in errors.txt */
	char detail[40]; /* with the option where that tells calls apart: "getsockopt SO_PROTOCOL"
			  */
	bool connects;   /* the caller's own call, or its retry */
};

/* Puts itself into the table, around what is there. Once. */
void seam_install(void);

/* Forgets all calls and what it was told. Until then it lets everything pass, uncounted. */
void seam_begin(void);

/* Lets everything pass again. What was counted can still be asked for. */
void seam_end(void);

/* The `nth` call from now on, from 1, gives `fault`. */
void seam_fail(unsigned nth, const struct fault *fault);

/*
 * The first call gives `fault`, unless it was told to give another; it is no fault then, but how
 * things are. TCP_INFO says, the first time that it is asked, that the connection is still being
 * made.
 */
void seam_first(const struct fault *fault);

/* Every call that `fault` is about gives it. */
void seam_fail_all(const struct fault *fault);

/* `what` is called in front of the `nth` call. */
void seam_before(unsigned nth, void (*what)(void));

/* `what` is called in front of each call that connects but the first. */
void seam_before_again(void (*what)(void));

/* How many calls there have been, and each of them, from 1. */
unsigned seam_count(void);
const struct seam_call *seam_call(unsigned nth);

#endif
