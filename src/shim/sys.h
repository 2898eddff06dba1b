/* SPDX-License-Identifier: MIT */
/* The system calls of a repair, with types. Each returns its result, or -errno. */
#ifndef NSC_SYS_H
#define NSC_SYS_H

#include <fcntl.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "address.h"
#include "real.h"

static inline int nsc_socket(int family, int type, int protocol)
{
	return (int)nsc_syscall(SYS_socket, family, type, protocol, 0, 0);
}

static inline int nsc_bind(int fd, const union nsc_address *address)
{
	return (int)nsc_syscall(SYS_bind, fd, (long)address, (long)nsc_address_size(address), 0, 0);
}

static inline int nsc_connect(int fd, const struct sockaddr *address, socklen_t length)
{
	return (int)nsc_syscall(SYS_connect, fd, (long)address, (long)length, 0, 0);
}

/* getsockname(2) or getpeername(2), by `number`. Returns 0 or -errno: -EAFNOSUPPORT for an address
 * that is neither IPv4 nor IPv6. */
int nsc_name(long number, int fd, union nsc_address *address);

/* Returns the state of a connection by TCP_INFO, such as TCP_ESTABLISHED of <netinet/tcp.h>, or
 * -errno. */
int nsc_tcp_state(int fd);

static inline int nsc_getsockopt(int fd, int level, int option, void *value, socklen_t *length)
{
	return (int)nsc_syscall(SYS_getsockopt, fd, level, option, (long)value, (long)length);
}

static inline int nsc_setsockopt(int fd, int level, int option, const void *value, socklen_t length)
{
	return (int)nsc_syscall(SYS_setsockopt, fd, level, option, (long)value, (long)length);
}

static inline int nsc_getsockopt_int(int fd, int level, int option, int *value)
{
	socklen_t length = sizeof *value;

	*value = 0;
	return nsc_getsockopt(fd, level, option, value, &length);
}

static inline int nsc_setsockopt_int(int fd, int level, int option, int value)
{
	return nsc_setsockopt(fd, level, option, &value, sizeof value);
}

static inline int nsc_fcntl(int fd, int command, long argument)
{
#ifdef SYS_fcntl64
	return (int)nsc_syscall(SYS_fcntl64, fd, command, argument, 0, 0);
#else
	return (int)nsc_syscall(SYS_fcntl, fd, command, argument, 0, 0);
#endif
}

static inline int nsc_dup3(int from, int to, int flags)
{
	return (int)nsc_syscall(SYS_dup3, from, to, flags, 0, 0);
}

static inline int nsc_openat(int directory, const char *path, int flags, int mode)
{
	return (int)nsc_syscall(SYS_openat, directory, (long)path, flags | O_CLOEXEC, mode, 0);
}

static inline long nsc_read(int fd, void *buffer, size_t size)
{
	return nsc_syscall(SYS_read, fd, (long)buffer, (long)size, 0, 0);
}

static inline int nsc_close(int fd)
{
	return (int)nsc_syscall(SYS_close, fd, 0, 0, 0, 0);
}

#endif
