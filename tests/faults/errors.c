/* SPDX-License-Identifier: MIT */
/*
 * The errors that each system call of a repair can return, from its manual page and the kernel's
 * sources. A seccomp(2) sandbox can make almost every call fail with EPERM or ENOSYS.
 */
#include "errors.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * A star means that the kernel carries the call out despite the error. 0 is an empty success. A
 * call with an empty list cannot fail.
 */
static const struct {
	const char *call, *errors;
} rows[] = {
	/*
	 * By any interposed function. After EINPROGRESS and EINTR the kernel goes on connecting.
	 * The routing cache, a firewall, an LSM, a cgroup's BPF program and ICMP cause the others.
	 */
	{"connect",
	 "EACCES EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EINVAL EAGAIN ENOBUFS ENOMEM EALREADY "
	 "EISCONN EBADF ENOTSOCK EFAULT ECONNREFUSED ETIMEDOUT ENETUNREACH EHOSTUNREACH "
	 "ECONNRESET ECONNABORTED EINPROGRESS* EINTR* EPERM ENOSYS"},
	/*
	 * EBUSY: tcp_disconnect() around Linux 6.4 while another thread waits on the socket.
	 * EOPNOTSUPP: tls_disconnect(). EINVAL and EAFNOSUPPORT: gVisor.
	 */
	{"connect AF_UNSPEC",
	 "EBUSY EOPNOTSUPP EINVAL EAFNOSUPPORT EACCES EBADF ENOTSOCK EPERM ENOSYS"},
	/* There is no log daemon, or this user may not reach it: unix(7), path_resolution(7). */
	{"connect AF_UNIX",
	 "ENOENT ECONNREFUSED EACCES EPROTOTYPE EAGAIN ENOMEM ENOTDIR ELOOP EINTR EPERM ENOSYS"},
	/* EAFNOSUPPORT: systemd's RestrictAddressFamilies=. */
	{"socket",
	 "EMFILE ENFILE ENOBUFS ENOMEM EACCES EAFNOSUPPORT EINVAL EPROTONOSUPPORT EPERM ENOSYS"},
	/*
	 * Another socket uses the port, or the address or its scope has gone. EINVAL: the socket is
	 * bound.
	 */
	{"bind",
	 "EADDRINUSE EADDRNOTAVAIL EACCES EINVAL EBADF ENOTSOCK ENOMEM ENODEV EPERM ENOSYS"},
	{"getsockname", "EBADF ENOTSOCK ENOBUFS EFAULT EINVAL EPERM ENOSYS"},
	{"getpeername", "ENOTCONN EBADF ENOTSOCK ENOBUFS EFAULT EINVAL EPERM ENOSYS"},
	/*
	 * From an older kernel or a cgroup's BPF program, or for options of a connection or a key.
	 */
	{"getsockopt", "ENOPROTOOPT EOPNOTSUPP EBADF ENOTSOCK EFAULT EINVAL ENOTCONN EADDRNOTAVAIL "
		       "ENOENT EACCES ENOMEM EPERM ENOSYS"},
	{"setsockopt",
	 "ENOPROTOOPT EOPNOTSUPP EBADF ENOTSOCK EFAULT EINVAL EDOM EACCES ENOBUFS ENOMEM "
	 "ENOENT ENODEV EISCONN EBUSY EADDRNOTAVAIL EPERM ENOSYS"},
	{"fcntl F_GETFD", "EBADF EPERM ENOSYS"},
	{"fcntl F_GETFL", "EBADF EPERM ENOSYS"},
	{"fcntl F_SETFL", "EBADF EINVAL EACCES EPERM ENOSYS"},
	/* setfl() was allowed to make the same call with another flag just before. */
	{"fcntl F_SETFL back", ""},
	{"fcntl F_GETOWN_EX", "EBADF EINVAL EFAULT EPERM ENOSYS"},
	{"fcntl F_GETSIG", "EBADF EINVAL EPERM ENOSYS"},
	/* EBUSY: another thread is about to open that number. EMFILE: the limit was lowered. */
	{"dup3", "EBUSY EINTR EBADF EINVAL EMFILE EPERM ENOSYS"},
	/* Causes: no /proc, a chroot, hidepid=, and any kind of file in the log's place. */
	{"openat",
	 "ENOENT ENOTDIR EACCES ELOOP EMFILE ENFILE ENOMEM EINTR EAGAIN EIO EISDIR ENXIO EROFS "
	 "ENOSPC EDQUOT ETXTBSY ENODEV EPERM ENOSYS"},
	{"read", "0 EAGAIN EINTR EIO EISDIR EINVAL EBADF EFAULT ENOMEM ESRCH EACCES EPERM ENOSYS"},
	{"write",
	 "0 EAGAIN EINTR EIO EINVAL EFAULT ENOSPC EDQUOT EFBIG EPIPE ECONNREFUSED ENOTCONN "
	 "EMSGSIZE ENOBUFS ENOMEM EBADF EPERM ENOSYS"},
	/* Whatever the error, the descriptor is closed. */
	{"close", "EBADF* EINTR* EIO* ENOSPC* EDQUOT*"},
	{"getdents64", "0 EBADF EFAULT EINVAL ENOENT ENOTDIR EACCES EPERM ENOSYS"},
	/* See proc(5): without PTRACE_MODE_READ. */
	{"readlinkat",
	 "EACCES ENOENT ENOTDIR EBADF EFAULT EINVAL EIO ELOOP ENAMETOOLONG ENOMEM EPERM ENOSYS"},
	/* 0: there are children, and none has ended. EINVAL: Linux before 4.7. */
	{"waitid", "0 ECHILD EINTR EINVAL EPERM ENOSYS"},
	{"statfs", "ENOENT ENOTDIR EACCES ELOOP EINTR EIO EFAULT ENOMEM EPERM ENOSYS"},
	{"prctl", "EINVAL EPERM ENOSYS"},
	/* EINVAL: this thread has never used io_uring. EBADF, EAGAIN: it has. */
	{"io_uring_enter", "EINVAL EBADF EAGAIN EPERM ENOSYS"},
	{"statx",
	 "ENOENT ENOTDIR EACCES ELOOP ENAMETOOLONG EBADF EFAULT EINVAL ENOMEM EPERM ENOSYS"},
	/* E2BIG and ERANGE: the attributes do not fit into the buffer. */
	{"flistxattr", "0 EOPNOTSUPP E2BIG ERANGE EBADF EFAULT ENOMEM EACCES EPERM ENOSYS"},
	{"fgetxattr", "0 ENODATA EOPNOTSUPP E2BIG ERANGE EBADF EFAULT ENOMEM EACCES EPERM ENOSYS"},
	{"ppoll", "0 EFAULT EINTR EINVAL ENOMEM EPERM ENOSYS"},
	{"getpid", "EPERM ENOSYS"},
	{"rt_sigprocmask SIG_BLOCK", "EFAULT EINVAL EPERM ENOSYS"},
	/* prevent.c asks by it whether memory can be read. */
	{"rt_sigprocmask -1", "EFAULT EPERM ENOSYS"},
	/* The same call with another value was allowed a moment before. */
	{"setsockopt IP_LOCAL_PORT_RANGE back", ""},
	/* The kernel's checks are those of SIG_BLOCK, which succeeded before. */
	{"rt_sigprocmask SIG_SETMASK", ""},
	{"rt_sigpending", "EFAULT EINVAL EPERM ENOSYS"},
	{"rt_sigtimedwait", "EAGAIN EINTR EINVAL EFAULT EPERM ENOSYS"},
	/* The same call was allowed just before, and a signal is pending. */
	{"rt_sigtimedwait SIGPIPE", ""},
};

#define NAMED(error)          \
	{                     \
		error, #error \
	}

static const struct {
	int error;
	const char *name;
} named[] = {
	NAMED(EACCES),       NAMED(EADDRINUSE),   NAMED(EADDRNOTAVAIL), NAMED(EAFNOSUPPORT),
	NAMED(EAGAIN),       NAMED(EALREADY),     NAMED(EBADF),         NAMED(EBUSY),
	NAMED(ECHILD),       NAMED(ECONNABORTED), NAMED(ECONNREFUSED),  NAMED(ECONNRESET),
	NAMED(EDOM),         NAMED(EDQUOT),       NAMED(EFAULT),        NAMED(EFBIG),
	NAMED(EHOSTUNREACH), NAMED(EINPROGRESS),  NAMED(EINTR),         NAMED(EINVAL),
	NAMED(EIO),          NAMED(EISCONN),      NAMED(EISDIR),        NAMED(ELOOP),
	NAMED(EMFILE),       NAMED(EMSGSIZE),     NAMED(ENAMETOOLONG),  NAMED(ENETUNREACH),
	NAMED(ENFILE),       NAMED(ENOBUFS),      NAMED(ENODEV),        NAMED(ENOENT),
	NAMED(ENOMEM),       NAMED(ENOPROTOOPT),  NAMED(ENOSPC),        NAMED(ENOSYS),
	NAMED(ENOTCONN),     NAMED(ENOTDIR),      NAMED(ENOTSOCK),      NAMED(ENXIO),
	NAMED(EOPNOTSUPP),   NAMED(EPERM),        NAMED(EPIPE),         NAMED(EPROTONOSUPPORT),
	NAMED(EPROTOTYPE),   NAMED(EROFS),        NAMED(ESRCH),         NAMED(ETIMEDOUT),
	NAMED(ETXTBSY),      NAMED(E2BIG),        NAMED(ENODATA),       NAMED(ERANGE),
};

static struct fault faults[600];
static unsigned count;

static void add(const char *call, const char *name, size_t length)
{
	struct fault fault = {.call = call, .name = "0", .takes_effect = name[length - 1] == '*'};

	length -= fault.takes_effect;
	for (size_t i = 0; i < sizeof named / sizeof *named; i++)
		if (strlen(named[i].name) == length && memcmp(named[i].name, name, length) == 0)
			fault.error = named[i].error, fault.name = named[i].name;
	if ((!fault.error && *name != '0') || count == sizeof faults / sizeof *faults) {
		fprintf(stderr, "errors.c: %s: what is %.*s?\n", call, (int)length, name);
		exit(99);
	}
	faults[count++] = fault;
}

static void read_rows(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (const char *name = rows[i].errors; *name; name += strspn(name, " ")) {
			size_t length = strcspn(name, " ");

			add(rows[i].call, name, length);
			name += length;
		}
}

const struct fault *errors_at(unsigned index)
{
	if (count == 0)
		read_rows();
	return index < count ? &faults[index] : NULL;
}

bool errors_know(const char *call)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(rows[i].call, call) == 0)
			return true;
	return false;
}

const char *errors_name(int error)
{
	static char other[24];

	for (size_t i = 0; i < sizeof named / sizeof *named; i++)
		if (named[i].error == error)
			return named[i].name;
	snprintf(other, sizeof other, "errno %d", error);
	return other;
}
