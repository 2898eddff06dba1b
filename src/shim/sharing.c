/* SPDX-License-Identifier: MIT */
/* Tells whether anything would notice that a descriptor gets a fresh socket. */
#include "sharing.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "fd_table.h"
#include "forks.h"
#include "kernel_constants.h"
#include "procfs.h"
#include "signals.h"
#include "sys.h"

/* Skips `count` fields of proc_pid_stat(5). Returns "" if there are not so many. */
static const char *skip_fields(const char *text, int count)
{
	for (; count; count--) {
		text = strchr(text, ' ');
		if (!text)
			return "";
		text++;
	}
	return text;
}

static unsigned long parse_number(const char *text)
{
	unsigned long number = 0;

	for (; (unsigned)(*text - '0') <= 9; text++)
		number = number * 10 + (unsigned long)(*text - '0');
	return number;
}

/*
 * Children of the past, which may have left the socket to a child of their own. If libc does not
 * tell about forks, cminflt must do: it counts the page faults of all children that were waited
 * for, and no child lives without one. It counts from before the last exec, so it can be wrong in
 * the safe direction only. Nothing counts children that the kernel forgets by itself.
 */
static bool had_children(const char *fields)
{
	enum { CMINFLT = 11 };

	if (nsc_forks.watched)
		return __atomic_load_n(&nsc_forks.seen, __ATOMIC_RELAXED);
	return parse_number(skip_fields(fields, CMINFLT - 2)) != 0 || nsc_signals_children_vanish();
}

/*
 * proc_pid_stat(5): the name ends at the last parenthesis. Then come state (3), ..., flags (9),
 * ..., num_threads (20). Flag 0x40 is "forked but didn't exec" (ps(1)).
 */
static bool is_alone(const char *stat)
{
	enum { FORKED_WITHOUT_EXEC = 0x40, FLAGS = 9, NUM_THREADS = 20 };
	const char *fields = strrchr(stat, ')'); /* the end of field 2 */

	/* Without the next field, num_threads may be cut short. */
	return fields && *skip_fields(fields, NUM_THREADS + 1 - 2) &&
	       !(parse_number(skip_fields(fields, FLAGS - 2)) & FORKED_WITHOUT_EXEC) &&
	       parse_number(skip_fields(fields, NUM_THREADS - 2)) == 1 && !had_children(fields);
}

/* Out of line, as the other checks: their buffers are not on the stack at the same time. */
__attribute__((noinline)) static bool is_alone_in(int stat)
{
	char text[320]; /* fields 1 to 21 at their longest, and some room */
	long size = nsc_read(stat, text, sizeof text - 1);

	if (size <= 0)
		return false;
	text[size] = '\0';
	return is_alone(text);
}

static bool is_alone_by_stat(int proc)
{
	int stat = nsc_procfs_open_file(proc, "/proc/self/stat", 0);
	bool alone;

	if (stat < 0)
		return false;
	alone = is_alone_in(stat);
	nsc_close(stat);
	return alone;
}

/*
 * Asks for the state of a child without taking it (WNOWAIT) or waiting. The kernel accepts NULL for
 * the answer, but valgrind reports that as an error of the program.
 */
__attribute__((noinline)) static bool has_no_children(void)
{
	siginfo_t state;

	return nsc_syscall(SYS_waitid, P_ALL, 0, (long)&state, WEXITED | WNOHANG | WNOWAIT | __WALL,
			   0) == -ECHILD;
}

/*
 * A ring whose descriptor was registered and closed (io_uring_close_ring_fd(3)) is in no listing.
 * io_uring_enter(2) on a registered ring gives EINVAL if the thread has never used io_uring, and
 * before Linux 5.18, which brought registered rings. Sandboxes often forbid io_uring, and some kill
 * for a forbidden call, so nothing is asked under a seccomp filter.
 */
static bool has_used_io_uring(void)
{
	enum { ANY_RING = 0 };
	long filter = nsc_syscall(SYS_prctl, PR_GET_SECCOMP, 0, 0, 0, 0), result;

	/* EINVAL comes from a kernel without seccomp. */
	if (filter != 0 && filter != -EINVAL)
		return false;
	result = nsc_syscall(SYS_io_uring_enter, ANY_RING, 0, 0, NSC_ENTER_REGISTERED_RING, 0);
	return result != -EINVAL && result != -ENOSYS && result != -EPERM;
}

bool nsc_sharing_noticed(int fd)
{
	int proc = nsc_procfs_open();
	bool noticed;

	if (proc < 0)
		return true;
	/* The cheap checks first. */
	noticed = nsc_fd_table_is_large(proc) || !has_no_children() || has_used_io_uring() ||
		  !is_alone_by_stat(proc) || nsc_fd_table_notices(proc, fd);
	nsc_close(proc);
	return noticed;
}
