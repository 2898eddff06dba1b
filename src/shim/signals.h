/* SPDX-License-Identifier: MIT */
/* Holding signals off while something is half done, cancellation with them. */
#ifndef NSC_SIGNALS_H
#define NSC_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/* The kernel's own set, not libc's: 64 signals (128 on MIPS), those that libc keeps for itself
 * included. */
struct nsc_signal_set {
	unsigned long bits[_NSIG / (8 * sizeof(unsigned long))];
};

struct nsc_signals {
	struct nsc_signal_set before;
	bool held;
};

/*
 * Blocks every signal that comes from outside, with them those by which libc cancels threads and
 * changes their user ids. SIGSYS and the signals of faults stay as they are: the kernel kills a
 * process that runs into one of them blocked, and a seccomp sandbox answers system calls by SIGSYS.
 * `signals` takes what nsc_signals_restore() needs; where the kernel refuses, nothing is held off,
 * and restoring does nothing.
 */
void nsc_signals_hold(struct nsc_signals *signals);

/* Goes back to the mask before the hold. Signals that came in the meantime are delivered in here.
 */
void nsc_signals_restore(const struct nsc_signals *signals);

/* Is `signal` pending, for this thread or the process? False where the kernel does not say. */
bool nsc_signals_pending(int signal);

/* Can nsc_signals_discard() do what it is for? A sandbox may forbid its system call. */
bool nsc_signals_can_discard(void);

/*
 * Whether the kernel forgets children when they end, so that none can be waited for: SIGCHLD is
 * ignored, or its handler has SA_NOCLDWAIT (sigaction(2)). True also if the kernel does not say.
 */
bool nsc_signals_children_vanish(void);

/* Takes a pending `signal` away undelivered. It must be held off. */
void nsc_signals_discard(int signal);

#endif
