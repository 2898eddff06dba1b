/* SPDX-License-Identifier: MIT */
/* Blocks signals, and with them cancellation, while something is half done. */
#ifndef NSC_SIGNALS_H
#define NSC_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/* The kernel's set of 64 signals (128 on MIPS). Unlike libc's it includes those that libc keeps for
 * itself. */
struct nsc_signal_set {
	unsigned long bits[_NSIG / (8 * sizeof(unsigned long))];
};

struct nsc_signals {
	struct nsc_signal_set before;
	bool held;
};

/*
 * Blocks all signals that come from outside, and those by which libc cancels threads and changes
 * their user ids. SIGSYS and the signals of faults stay as they are: the kernel kills a process
 * that causes one of them while it is blocked, and a seccomp sandbox answers system calls with
 * SIGSYS. Stores in `signals` what nsc_signals_restore() needs. If the kernel refuses, nothing is
 * blocked, `held` is false, and restoring does nothing.
 */
void nsc_signals_hold(struct nsc_signals *signals);

/* Restores the mask. Signals that came in the meantime are delivered before it returns. */
void nsc_signals_restore(const struct nsc_signals *signals);

/* Whether `signal` is pending for the thread or the process. False if the kernel does not say. */
bool nsc_signals_pending(int signal);

/* Whether nsc_signals_discard() works: a sandbox may forbid its system call. */
bool nsc_signals_can_discard(void);

/*
 * Whether the kernel forgets children when they end, so that none can be waited for: SIGCHLD is
 * ignored, or its handler has SA_NOCLDWAIT (sigaction(2)). True also if the kernel does not say.
 */
bool nsc_signals_children_vanish(void);

/* Removes a pending `signal`, which must be blocked, without delivering it. */
void nsc_signals_discard(int signal);

#endif
