/* SPDX-License-Identifier: MIT */
/* Reports each repair: one line to the log of NOSELFCONN_LOG, and a static probe. */
#include "report.h"

#include <errno.h>
#include <string.h>
#ifdef HAVE_SYS_SDT_H
#include <sys/sdt.h>
/* Its macros omit variadic arguments, which is GNU C. clang warns where they are used. */
#pragma GCC diagnostic ignored "-Wpedantic"
#endif

#include "imports.h"
#include "log.h"
#include "settings.h"
#include "signals.h"
#include "sys.h"

static const char *program_name(void)
{
	/* The name by which it was executed. Programs change argv[0] and the name of the thread. */
	/* GCOVR_EXCL_BR_START: every process has AT_EXECFN since Linux 2.6.27. */
	const char *path = getauxval ? (const char *)getauxval(AT_EXECFN) : NULL;
	const char *slash = path ? strrchr(path, '/') : NULL;

	return slash ? slash + 1 : path ? path : "?";
	/* GCOVR_EXCL_BR_STOP */
}

static unsigned long process_id(void)
{
	return (unsigned long)nsc_syscall(SYS_getpid, 0, 0, 0, 0, 0);
}

static void put_time(struct nsc_log_line *line)
{
	struct timespec now;

	if (!clock_gettime || clock_gettime(CLOCK_REALTIME, &now))
		return;
	nsc_log_line_string(line, "time=");
	nsc_log_line_number(line, (unsigned long)now.tv_sec, 1);
	nsc_log_line_string(line, ".");
	nsc_log_line_number(line, (unsigned long)now.tv_nsec / 1000000, 3);
	nsc_log_line_string(line, " ");
}

static void begin(struct nsc_log_line *line, unsigned long pid)
{
	line->size = 0;
	if (nsc_settings.log == NSC_LOG_SYSLOG) {
		/* Facility user, severity notice (RFC 3164 4.1.1). */
		nsc_log_line_string(line, "<13>noselfconn[");
		nsc_log_line_number(line, pid, 1);
		nsc_log_line_string(line, "]: ");
	} else {
		if (nsc_settings.log == NSC_LOG_FILE)
			put_time(line);
		nsc_log_line_string(line, "noselfconn: ");
	}
	nsc_log_line_string(line, "program=");
	nsc_log_line_word(line, program_name());
	nsc_log_line_string(line, " pid=");
	nsc_log_line_number(line, pid, 1);
}

static void end(struct nsc_log_line *line, int fd)
{
	nsc_log_line_end(line);
	nsc_log_write(fd, line);
}

static void write_setting(int fd, unsigned long pid, enum nsc_setting setting)
{
	struct nsc_log_line line;

	begin(&line, pid);
	nsc_log_line_string(&line, " setting=");
	nsc_log_line_string(&line, nsc_setting_name(setting));
	nsc_log_line_string(&line, " error=\"is not ");
	nsc_log_line_string(&line, nsc_setting_values(setting));
	nsc_log_line_string(&line, "; the default stays in force\"");
	end(&line, fd);
}

static void report_settings(int fd, unsigned long pid)
{
	for (int i = 0; i < NSC_SETTINGS; i++)
		if (nsc_settings.misunderstood & 1U << i)
			write_setting(fd, pid, (enum nsc_setting)i);
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
	const union nsc_address *at = event->address;
	unsigned port = nsc_address_port(at);
	int family = at->any.sa_family;
	const void *address = family == AF_INET6 ? (const void *)&at->in6.sin6_addr
						 : (const void *)&at->in.sin_addr;

	DTRACE_PROBE7(noselfconn, repair, event->fd, port, event->action, event->retry,
		      event->result, family, address);
}
#else
static void probe(const struct nsc_event *event)
{
	(void)event;
}
#endif

__attribute__((noinline)) static void write_repair(int fd, unsigned long pid,
						   const struct nsc_event *event)
{
	struct nsc_log_line line;

	begin(&line, pid);
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
	end(&line, fd);
}

/* Returns -1 if nothing can be written: then the signals are not held off either. */
static int begin_report(struct nsc_signals *signals)
{
	int fd;

	nsc_signals_hold(signals);
	fd = signals->held ? nsc_log_open() : -1;
	if (fd < 0)
		nsc_signals_restore(signals);
	return fd;
}

static void end_report(int fd, const struct nsc_signals *signals)
{
	nsc_log_close(fd);
	nsc_signals_restore(signals);
}

void nsc_report_start(void)
{
	struct nsc_signals signals;
	unsigned long pid;
	int fd;

	nsc_log_start();
	if (nsc_settings.log == NSC_LOG_OFF || !nsc_settings.misunderstood)
		return;
	pid = process_id();
	fd = begin_report(&signals);
	if (fd < 0)
		return;
	report_settings(fd, pid);
	end_report(fd, &signals);
}

void nsc_report_repair(const struct nsc_event *event)
{
	struct nsc_signals signals;
	unsigned long pid;
	int fd;

	probe(event);
	if (nsc_settings.log == NSC_LOG_OFF)
		return;
	pid = process_id();
	fd = begin_report(&signals);
	if (fd < 0)
		return;
	write_repair(fd, pid, event);
	end_report(fd, &signals);
}
