/* SPDX-License-Identifier: MIT */
/* The log of NOSELFCONN_LOG: standard error, syslog or a file. */
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "settings.h"
#include "signals.h"
#include "sys.h"

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
void nsc_log_write(int fd, const struct nsc_log_line *line)
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

int nsc_log_open(void)
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

void nsc_log_close(int fd)
{
	if (nsc_settings.log != NSC_LOG_STDERR)
		nsc_close(fd);
}

void nsc_log_start(void)
{
	if (nsc_settings.log == NSC_LOG_STDERR)
		stderr_at_start = identify(STDERR_FILENO);
}
