/* SPDX-License-Identifier: MIT */
/* Reports each repair: one line to the log of NOSELFCONN_LOG, and a static probe. */
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <poll.h>
#include <string.h>

#include <sys/un.h>
#include <unistd.h>
#ifdef HAVE_SYS_SDT_H
#include <sys/sdt.h>
/* Its macros omit variadic arguments, which is GNU C. clang warns where they are used. */
#pragma GCC diagnostic ignored "-Wpedantic"
#endif

#include "sys.h"
#include "imports.h"
#include "log_line.h"
#include "settings.h"
#include "signals.h"

enum { LOG_MODE = 0600 };

/* Device and inode identify a file. */
struct identity {
	uint32_t major, minor;
	uint64_t inode;
};

static struct identity stderr_at_start;

static struct identity identify(int fd)
{
	struct statx status;
	struct identity none = {0, 0, 0};

	if (nsc_syscall(SYS_statx, fd, (long)"", AT_EMPTY_PATH, STATX_INO, (long)&status))
		return none;
	return (struct identity){status.stx_dev_major, status.stx_dev_minor, status.stx_ino};
}

/* Whether there is room for a line, so that write(2) does not block. */
static bool takes_a_line(int fd)
{
	/* A timeout of zero in both layouts of timespec that the kernel has. */
	static const long long at_once[2];
	struct pollfd ready = {.fd = fd, .events = POLLOUT};

	return nsc_syscall(SYS_ppoll, (long)&ready, 1, (long)at_once, 0, 0) == 1 &&
	       ready.revents & POLLOUT;
}

/*
 * A write to a broken pipe or beyond RLIMIT_FSIZE raises a signal that the program would not have
 * got without the shim. It is blocked, and then removed unless one was pending before.
 */
static void write_quietly(int fd, const struct nsc_log_line *line)
{
	bool pipe_pending = nsc_signals_pending(SIGPIPE),
	     size_pending = nsc_signals_pending(SIGXFSZ);
	long result;

	if (!nsc_signals_can_discard())
		return;
	result = nsc_syscall(SYS_write, fd, (long)line->text, (long)line->size, 0, 0);
	if (result == -EPIPE && !pipe_pending)
		nsc_signals_discard(SIGPIPE);
	if (result == -EFBIG && !size_pending)
		nsc_signals_discard(SIGXFSZ);
}

static bool is_stderr_unchanged(void)
{
	struct identity now = identify(STDERR_FILENO);

	return now.inode && memcmp(&now, &stderr_at_start, sizeof now) == 0;
}

static int connect_to_syslog(void)
{
	static const struct sockaddr_un log = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
	int fd = nsc_socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 || nsc_connect(fd, (const struct sockaddr *)&log, sizeof log) == 0)
		return fd;
	nsc_close(fd);
	return -1;
}

/*
 * Returns a descriptor that takes a line, or -1. Out of line, as write_repair() is: a line and what
 * statx(2) writes are not on the stack at the same time.
 */
__attribute__((noinline)) static int open_log(void)
{
	if (nsc_settings.log == NSC_LOG_STDERR)
		return is_stderr_unchanged() && takes_a_line(STDERR_FILENO) ? STDERR_FILENO : -1;
	if (nsc_settings.log == NSC_LOG_SYSLOG)
		return connect_to_syslog();
	/* With O_NONBLOCK, a named pipe without a reader gives an error, and a lease does not
	 * block. */
	return nsc_openat(AT_FDCWD, nsc_settings.log_path,
			  O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK,
			  LOG_MODE);
}

static void close_log(int fd)
{
	if (nsc_settings.log != NSC_LOG_STDERR)
		nsc_close(fd);
}

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

static void begin(struct nsc_log_line *line, unsigned long pid)
{
	struct timespec now;

	line->size = 0;
	if (nsc_settings.log == NSC_LOG_SYSLOG) {
		nsc_log_line_string(
			line,
			"<13>noselfconn["); /* facility user, severity notice: RFC 3164 4.1.1 */
		nsc_log_line_number(line, pid, 1);
		nsc_log_line_string(line, "]: ");
	} else {
		if (nsc_settings.log == NSC_LOG_FILE && clock_gettime &&
		    clock_gettime(CLOCK_REALTIME, &now) == 0) {
			nsc_log_line_string(line, "time=");
			nsc_log_line_number(line, (unsigned long)now.tv_sec, 1);
			nsc_log_line_string(line, ".");
			nsc_log_line_number(line, (unsigned long)now.tv_nsec / 1000000, 3);
			nsc_log_line_string(line, " ");
		}
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
	write_quietly(fd, line);
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
	unsigned port = nsc_address_port(event->address);

	DTRACE_PROBE5(noselfconn, repair, event->fd, port, event->action, event->retry,
		      event->result);
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
	fd = signals->held ? open_log() : -1;
	if (fd < 0)
		nsc_signals_restore(signals);
	return fd;
}

static void end_report(int fd, const struct nsc_signals *signals)
{
	close_log(fd);
	nsc_signals_restore(signals);
}

void nsc_report_start(void)
{
	struct nsc_signals signals;
	unsigned long pid;
	int fd;

	if (nsc_settings.log == NSC_LOG_STDERR)
		stderr_at_start = identify(STDERR_FILENO);
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
