/* SPDX-License-Identifier: MIT */
/* Blocks signals, and with them cancellation, while something is half done. */
#include "signals.h"

#include <errno.h>
#include <sys/syscall.h>

#include "real.h"

enum { WORD_BITS = 8 * sizeof(unsigned long) };

static unsigned long *word_of(struct nsc_signal_set *set, int signal)
{
	return &set->bits[(unsigned)(signal - 1) / WORD_BITS];
}

static unsigned long bit_of(int signal)
{
	return 1UL << (unsigned)(signal - 1) % WORD_BITS;
}

void nsc_signals_hold(struct nsc_signals *signals)
{
	static const int left_alone[] = {SIGSYS, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};
	struct nsc_signal_set set;

	for (unsigned i = 0; i < sizeof set.bits / sizeof *set.bits; i++)
		set.bits[i] = ~0UL;
	for (unsigned i = 0; i < sizeof left_alone / sizeof *left_alone; i++)
		*word_of(&set, left_alone[i]) &= ~bit_of(left_alone[i]);
	/* Not by libc's sigprocmask(), which never blocks the signal that cancels a thread. */
	signals->held = nsc_syscall(SYS_rt_sigprocmask, SIG_BLOCK, (long)&set,
				    (long)&signals->before, sizeof set, 0) == 0;
}

void nsc_signals_restore(const struct nsc_signals *signals)
{
	if (signals->held)
		nsc_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (long)&signals->before, 0,
			    sizeof signals->before, 0);
}

bool nsc_signals_pending(int signal)
{
	struct nsc_signal_set set;

	return nsc_syscall(SYS_rt_sigpending, (long)&set, sizeof set, 0, 0, 0) == 0 &&
	       *word_of(&set, signal) & bit_of(signal);
}

/* The kernel's struct sigaction; libc's has another layout. */
struct action {
#ifdef __mips__
	unsigned flags;
	void (*handler)(int);
#else
	void (*handler)(int);
	unsigned long flags;
#endif
	void (*restorer)(void); /* not on all machines */
	struct nsc_signal_set mask;
};

bool nsc_signals_children_vanish(void)
{
	/* Set, because gcc reads it before it tests the result, which memcheck reports. */
	struct action action = {0};

	return nsc_syscall(SYS_rt_sigaction, SIGCHLD, 0, (long)&action, sizeof action.mask, 0) ||
	       action.handler == SIG_IGN || action.flags & SA_NOCLDWAIT;
}

static long take_away(const struct nsc_signal_set *set)
{
	/* A timeout of zero in both layouts of timespec that the kernel has. */
	static const long long at_once[2];

	return nsc_syscall(SYS_rt_sigtimedwait, (long)set, 0, (long)at_once, sizeof *set, 0);
}

bool nsc_signals_can_discard(void)
{
	static const struct nsc_signal_set none;

	return take_away(&none) == -EAGAIN;
}

void nsc_signals_discard(int signal)
{
	struct nsc_signal_set set = {{0}};

	*word_of(&set, signal) |= bit_of(signal);
	take_away(&set);
}
