/* SPDX-License-Identifier: MIT */
/* The log: standard error, syslog or a file. */
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

#include "imports.h"
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
bool nsc_log_write(int fd, const struct nsc_log_line *line)
{
	bool pipe_pending = nsc_signals_pending(SIGPIPE),
	     size_pending = nsc_signals_pending(SIGXFSZ);
	long result;

	if (!nsc_signals_can_discard())
		return false;
	result = nsc_syscall(SYS_write, fd, (long)line->text, (long)line->size, 0, 0);
	if (result == -EPIPE && !pipe_pending)
		nsc_signals_discard(SIGPIPE);
	if (result == -EFBIG && !size_pending)
		nsc_signals_discard(SIGXFSZ);
	return result == (long)line->size;
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

/* With O_NONBLOCK, a named pipe without a reader gives an error, and a lease does not block. */
static int open_path(const struct nsc_in_force *in_force)
{
	int flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK;

	return in_force->log_size ? nsc_in_force_open_log(in_force, flags, LOG_MODE)
				  : nsc_openat(AT_FDCWD, nsc_log_path, flags, LOG_MODE);
}

/* Out of line, so that the struct statx is on the stack during the system call only. */
__attribute__((noinline)) static bool is_plain_file(int fd)
{
	struct statx status;

	return nsc_syscall(SYS_statx, fd, (long)"", AT_EMPTY_PATH, STATX_TYPE | STATX_NLINK,
			   (long)&status) == 0 &&
	       (status.stx_mode & S_IFMT) == S_IFREG && status.stx_nlink == 1;
}

static int open_file(const struct nsc_in_force *in_force)
{
	int fd = open_path(in_force);

	/* GCOVR_EXCL_BR_START: without getauxval() there is no libc. */
	if (fd < 0 || (getauxval && !getauxval(AT_SECURE)) || is_plain_file(fd))
		return fd;
	/* GCOVR_EXCL_BR_STOP */
	nsc_close(fd);
	return -1;
}

int nsc_log_open(const struct nsc_in_force *in_force)
{
	if (in_force->settings.log == NSC_LOG_STDERR)
		return is_stderr_unchanged() && takes_a_line(STDERR_FILENO) ? STDERR_FILENO : -1;
	if (in_force->settings.log == NSC_LOG_SYSLOG)
		return connect_to_syslog();
	return open_file(in_force);
}

void nsc_log_close(int fd, const struct nsc_in_force *in_force)
{
	if (in_force->settings.log != NSC_LOG_STDERR)
		nsc_close(fd);
}

void nsc_log_start(void)
{
	if (nsc_settings.log == NSC_LOG_STDERR)
		stderr_at_start = identify(STDERR_FILENO);
}
