/* SPDX-License-Identifier: MIT */
/* Reports each repair: one line to the log, and a static probe. */
#include "report.h"

#include <errno.h>
#ifdef HAVE_SYS_SDT_H
#include <sys/sdt.h>
/* Its macros omit variadic arguments, which is GNU C. clang warns where they are used. */
#pragma GCC diagnostic ignored "-Wpedantic"
#endif

#include "log.h"
#include "log_limit.h"
#include "report_line.h"
#include "report_settings.h"
#include "signals.h"
#include "sys.h"

static unsigned long process_id(void)
{
	return (unsigned long)nsc_syscall(SYS_getpid, 0, 0, 0, 0, 0);
}

static void put_outcome(struct nsc_log_line *line, const struct nsc_event *event)
{
	if (event->itself)
		nsc_log_line_string(line, "self-connected");
	else if (event->result >= 0)
		nsc_log_line_string(line, "connected");
	else if (event->result == -EINPROGRESS)
		nsc_log_line_string(line, "in-progress");
	else if (event->result == -ECONNREFUSED)
		nsc_log_line_string(line, "refused");
	else if (event->result == -EINTR)
		nsc_log_line_string(line, "interrupted");
	else {
		nsc_log_line_string(line, "errno-");
		nsc_log_line_number(line, (unsigned long)-event->result, 1);
	}
}

#ifdef HAVE_SYS_SDT_H
/* A nop, with a note that tells debuggers and tracers where it is. Without a semaphore, which would
 * need a relocation. */
static void probe(const struct nsc_event *event)
{
	/* At most six arguments: bpftrace before 0.24 cannot read a seventh on x86-64. */
	DTRACE_PROBE6(noselfconn, repair, event->fd, nsc_address_port(event->address),
		      event->action, event->retry, event->result, event->address);
}
#else
static void probe(const struct nsc_event *event)
{
	(void)event;
}
#endif

__attribute__((noinline)) static bool write_repair(int fd, unsigned long pid,
						   const struct nsc_event *event, uint32_t left_out)
{
	struct nsc_log_line line;

	nsc_report_line_begin(&line, event->in_force->settings.log, pid);
	nsc_log_line_string(&line, " fd=");
	nsc_log_line_number(&line, (unsigned long)event->fd, 1);
	nsc_log_line_string(&line, " address=");
	nsc_log_line_address(&line, event->address);
	nsc_log_line_string(&line, " action=");
	nsc_log_line_string(&line, event->action);
	nsc_log_line_string(&line, " retry=");
	nsc_log_line_number(&line, event->retry, 1);
	nsc_log_line_string(&line, " outcome=");
	put_outcome(&line, event);
	if (left_out) {
		nsc_log_line_string(&line, " left_out=");
		nsc_log_line_number(&line, left_out, 1);
	}
	return nsc_report_line_end(&line, fd);
}

/* Returns -1 if nothing can be written: then the signals are not held off either. */
static int begin_report(struct nsc_signals *signals, const struct nsc_in_force *in_force)
{
	int fd;

	nsc_signals_hold(signals);
	fd = signals->held ? nsc_log_open(in_force) : -1;
	if (fd < 0)
		nsc_signals_restore(signals);
	return fd;
}

static void end_report(int fd, const struct nsc_signals *signals,
		       const struct nsc_in_force *in_force)
{
	nsc_log_close(fd, in_force);
	nsc_signals_restore(signals);
}

void nsc_report_start(void)
{
	struct nsc_in_force in_force = {.settings = nsc_settings};
	struct nsc_signals signals;
	unsigned long pid;
	int fd;

	nsc_log_start();
	if (nsc_settings.log == NSC_LOG_OFF || !nsc_settings.misunderstood)
		return;
	pid = process_id();
	fd = begin_report(&signals, &in_force);
	if (fd < 0)
		return;
	nsc_report_settings(fd, pid, &in_force);
	end_report(fd, &signals, &in_force);
}

/* Returns false if there is no line. */
static bool report_repair(const struct nsc_event *event, unsigned long pid)
{
	const struct nsc_in_force *in_force = event->in_force;
	struct nsc_signals signals;
	uint32_t left_out;
	int fd = begin_report(&signals, in_force);
	bool written;

	if (fd < 0)
		return false;
	left_out = nsc_log_limit_left_out();
	written = write_repair(fd, pid, event, left_out);
	if (!written)
		nsc_log_limit_leave_out(left_out);
	nsc_report_settings(fd, pid, in_force);
	end_report(fd, &signals, in_force);
	return written;
}

void nsc_report_repair(const struct nsc_event *event)
{
	unsigned long pid;

	probe(event);
	if (event->in_force->settings.log == NSC_LOG_OFF)
		return;
	pid = process_id();
	if (!nsc_log_limit_allows((uint32_t)pid) || !report_repair(event, pid))
		nsc_log_limit_leave_out(1);
}
