/* SPDX-License-Identifier: MIT */
/* Which part of a guarded call a system call belongs to, and what it is called. */
#ifndef NSC_FAULTS_PHASE_H
#define NSC_FAULTS_PHASE_H

#include "seam.h"

/* Nothing has been called yet. */
void phase_begin(void);

/* Names the call that is about to be made by syscall(2). */
void phase_name(struct seam_call *call, long number, const long argument[5]);

/* The same for one of those that connect, which go through libc. */
void phase_name_connecting(struct seam_call *call);

/* What the call has given: a result, or -errno. */
void phase_result(long number, long result);

#endif
