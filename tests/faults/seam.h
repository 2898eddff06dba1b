/* SPDX-License-Identifier: MIT */
/*
 * The seam: a wrapper of nsc_real between the shim and the real kernel. It counts and names each
 * call. A test can make one call fail, or all of a kind, or have a function run before a call.
 */
#ifndef NSC_FAULTS_SEAM_H
#define NSC_FAULTS_SEAM_H

#include <stdbool.h>

#include "errors.h"

/* The parts of a guarded call. A new system call belongs to the part in which it is made. */
enum phase {
	PHASE_CALL,      /* the caller's own call */
	PHASE_RANGE,     /* ip_local_port_range */
	PHASE_DETECT,    /* until signals are blocked */
	PHASE_SETTINGS,  /* noselfconn.conf, once in a call */
	PHASE_SALVAGE,   /* until the self-connection is torn down */
	PHASE_TEAR_DOWN, /* connect(2) with AF_UNSPEC, and clearing the pending error */
	PHASE_REPAIR,    /* until signals are unblocked */
	PHASE_AGAIN,     /* the call is made again */
	PHASE_REPORT,    /* the log line */
	PHASE_SIGNALS,   /* rt_sigprocmask(2), at any time */
	PHASES
};

extern const char phase_names[PHASES][12];

struct seam_call {
	enum phase phase;
	char name[40];   /* as in errors.c */
	char detail[48]; /* with the option if it matters: "getsockopt SO_PROTOCOL" */
	bool connects;   /* the caller's own call, or its retry */
};

/* Wraps the functions in nsc_real. Call it once. */
void seam_install(void);

/*
 * Forgets all calls and orders, and starts counting. Before this call the seam only passes calls
 * on.
 */
void seam_begin(void);

/* Stops counting and passes calls on. The recorded calls can still be read. */
void seam_end(void);

/* Gives `fault` to the `nth` call from now on (from 1), or to every call that `fault` names. */
void seam_fail(unsigned nth, const struct fault *fault);
void seam_fail_all(const struct fault *fault);

/*
 * Unless another fault applies, the first call fails with EINTR and goes on connecting. The first
 * TCP_INFO then reports a connection in progress, as on a slow loopback.
 */
void seam_interrupt_first(void);

/* Calls `what` before the `nth` call, or before each call that connects except the first. */
void seam_before(unsigned nth, void (*what)(void));
void seam_before_again(void (*what)(void));

/* The number of calls so far, and the `nth` of them, from 1. */
unsigned seam_count(void);
const struct seam_call *seam_call(unsigned nth);

/* In phase.c: phase_begin() starts; the others name the next syscall(2) or connecting call. */
void phase_begin(void);
void phase_name(struct seam_call *call, long number, const long argument[5]);
void phase_name_connecting(struct seam_call *call);

#endif
