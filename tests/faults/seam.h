/* SPDX-License-Identifier: MIT */
/*
 * The seam between the shim and the real kernel: nsc_real, wrapped. It counts and names each call.
 * One call, or all of a kind, can be made to fail, and something can happen before one.
 */
#ifndef NSC_FAULTS_SEAM_H
#define NSC_FAULTS_SEAM_H

#include <stdbool.h>

#include "errors.h"

/* The parts of a guarded call. A new system call falls into the one that it is made in. */
enum phase {
	PHASE_CALL,      /* the caller's own call */
	PHASE_RANGE,     /* ip_local_port_range */
	PHASE_DETECT,    /* until signals are held off */
	PHASE_SALVAGE,   /* until the self-connection is torn down */
	PHASE_TEAR_DOWN, /* connect(2) with AF_UNSPEC, and what it leaves pending */
	PHASE_REPAIR,    /* until signals are let in again */
	PHASE_AGAIN,     /* the call is made again */
	PHASE_REPORT,    /* the log line */
	PHASE_SIGNALS,   /* rt_sigprocmask(2), wherever it is made */
	PHASES
};

extern const char phase_names[PHASES][12];

struct seam_call {
	enum phase phase;
	char name[40];   /* as in errors.c */
	char detail[48]; /* with the option where each matters by itself: "getsockopt SO_PROTOCOL"
			  */
	bool connects;   /* the caller's own call, or its retry */
};

/* Puts itself into nsc_real, around what is there. Once. */
void seam_install(void);

/* Forgets all calls and orders. Before this call the seam lets everything pass, uncounted. */
void seam_begin(void);

/* Lets everything pass again. The calls can still be asked for. */
void seam_end(void);

/* The `nth` call from now on, from 1, gives `fault`; or every call that `fault` is about does. */
void seam_fail(unsigned nth, const struct fault *fault);
void seam_fail_all(const struct fault *fault);

/*
 * The first call gives EINTR, unless another fault is for it, and goes on connecting. The first
 * TCP_INFO says that the connection is still being made, as it is where loopback is slow.
 */
void seam_interrupt_first(void);

/* Calls `what` before the `nth` call; or before each call that connects but the first. */
void seam_before(unsigned nth, void (*what)(void));
void seam_before_again(void (*what)(void));

/* How many calls there have been, and each of them, from 1. */
unsigned seam_count(void);
const struct seam_call *seam_call(unsigned nth);

/* Of phase.c: begins; names the call that is about to be made, of syscall(2) or one that connects.
 */
void phase_begin(void);
void phase_name(struct seam_call *call, long number, const long argument[5]);
void phase_name_connecting(struct seam_call *call);

#endif
