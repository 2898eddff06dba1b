/* SPDX-License-Identifier: MIT */
/* Makes a fresh socket with all settings of the old one. */
#include "twin.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

#include "inode.h"
#include "kernel_constants.h"
#include "options.h"
#include "sys.h"

struct value {
	int error;
	socklen_t size;
	unsigned char bytes[NSC_OPTION_SIZE];
};

/* Without room, SO_GET_FILTER gives the filter's length in instructions. */
static socklen_t room_for(const struct nsc_option *option)
{
	return option->level == SOL_SOCKET && option->option == SO_GET_FILTER ? 0 : NSC_OPTION_SIZE;
}

/* Cleared, because TCP_AO_INFO reads the room and fails with EINVAL if it is not zero. */
static void get(int fd, const struct nsc_option *option, struct value *value)
{
	memset(value->bytes, 0, sizeof value->bytes);
	value->size = room_for(option);
	value->error =
		nsc_getsockopt(fd, option->level, option->option, value->bytes, &value->size);
}

static bool equal(const struct nsc_option *option, const struct value *a, const struct value *b)
{
	if (a->error || b->error)
		return a->error == b->error;
	if (room_for(option) == 0)
		return a->size == b->size;
	return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

/* Whether every fresh socket has this value, so that the twin need not be asked. That halves the
 * number of system calls of a replacement. */
static bool is_fresh(const struct nsc_option *option, const struct value *value)
{
	int one;

	if (option->fresh == NSC_FRESH_ASK)
		return false;
	if (value->error)
		return value->error == -ENOPROTOOPT || value->error == -EOPNOTSUPP;
	if (room_for(option) == 0)
		return value->size == 0;
	if (option->fresh == 1) {
		memcpy(&one, value->bytes, sizeof one);
		return one == 1;
	}
	for (socklen_t i = 0; i < value->size; i++)
		if (value->bytes[i] != (unsigned char)option->fresh)
			return false;
	return true;
}

static bool carry_option(int fd, int twin, const struct nsc_option *option)
{
	struct value want, have;

	get(fd, option, &want);
	if (is_fresh(option, &want))
		return true;
	get(twin, option, &have);
	if (equal(option, &want, &have))
		return true;
	if (want.error || option->rule == NSC_OPTION_SAME)
		return false;
	nsc_setsockopt(twin, option->level, option->option, want.bytes, want.size);
	get(twin, option, &have);
	return equal(option, &want, &have);
}

static bool carry_options(int fd, int twin, int family)
{
	for (size_t i = 0; i < nsc_option_count; i++) {
		if (nsc_options[i].level == IPPROTO_IPV6 && family != AF_INET6)
			continue;
		if (!carry_option(fd, twin, &nsc_options[i]))
			return false;
	}
	return true;
}

static bool carry_buffer(int fd, int twin, int option, int force)
{
	int want, have;

	if (nsc_getsockopt_int(fd, SOL_SOCKET, option, &want))
		return false;
	/* The kernel doubles the size (socket(7)). The FORCE variant may exceed net.core.*mem_max.
	 */
	if (nsc_setsockopt_int(twin, SOL_SOCKET, force, want / 2))
		nsc_setsockopt_int(twin, SOL_SOCKET, option, want / 2);
	return nsc_getsockopt_int(twin, SOL_SOCKET, option, &have) == 0 && have == want;
}

/*
 * Carries only the sizes that the caller set, because the kernel tunes the others. An equal size is
 * set too, so that the kernel does not tune it. Before Linux 5.14 the kernel does not tell which
 * sizes the caller set, so there is no twin.
 */
__attribute__((noinline)) static bool carry_buffers(int fd, int twin)
{
	int want, have;

	if (nsc_getsockopt_int(fd, SOL_SOCKET, SO_BUF_LOCK, &want))
		return false;
	if ((want & NSC_SNDBUF_LOCK) && !carry_buffer(fd, twin, SO_SNDBUF, SO_SNDBUFFORCE))
		return false;
	if ((want & NSC_RCVBUF_LOCK) && !carry_buffer(fd, twin, SO_RCVBUF, SO_RCVBUFFORCE))
		return false;
	return !want ||
	       (nsc_getsockopt_int(twin, SOL_SOCKET, SO_BUF_LOCK, &have) == 0 && have == want);
}

/*
 * Returns the file's flags for socket(2): SOCK_NONBLOCK or 0. Returns -1 for flags that cannot be
 * carried: O_ASYNC belongs to a descriptor number, and an owner (F_SETOWN, F_SETSIG) to the
 * credentials of the process that set it.
 */
__attribute__((noinline)) static int file_flags(int fd)
{
	struct f_owner_ex owner = {0, 0};
	int flags = nsc_fcntl(fd, F_GETFL, 0);

	if (flags < 0 || (flags & ~O_NONBLOCK) != O_RDWR)
		return -1;
	if (nsc_fcntl(fd, F_GETOWN_EX, (long)&owner) || owner.pid || nsc_fcntl(fd, F_GETSIG, 0))
		return -1;
	return (flags & O_NONBLOCK) ? SOCK_NONBLOCK : 0;
}

/* bind(2) to an IPv6 address that is not v4-mapped sets IPV6_V6ONLY. The caller may have cleared it
 * since. */
static bool carry_v6only(int fd, int twin)
{
	int want, have;

	if (nsc_getsockopt_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, &want))
		return true;
	if (nsc_getsockopt_int(twin, IPPROTO_IPV6, IPV6_V6ONLY, &have) == 0 && have == want)
		return true;
	return nsc_setsockopt_int(twin, IPPROTO_IPV6, IPV6_V6ONLY, want) == 0;
}

/*
 * tcp_disconnect() keeps only an address that the caller bound, and releases the port. So the twin
 * gets the address too, and no port until it connects.
 */
__attribute__((noinline)) static bool carry_bound_address(int fd, int twin)
{
	union nsc_address want, have;
	int no_port;

	if (nsc_name(SYS_getsockname, fd, &want))
		return false;
	nsc_address_clear_port(&want);
	if (nsc_address_is_wildcard(&want))
		return true;
	if (nsc_getsockopt_int(twin, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &no_port) ||
	    nsc_setsockopt_int(twin, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1) ||
	    nsc_bind(twin, &want) ||
	    nsc_setsockopt_int(twin, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, no_port))
		return false;
	if (want.any.sa_family == AF_INET6 && !carry_v6only(fd, twin))
		return false;
	return nsc_name(SYS_getsockname, twin, &have) == 0 && nsc_address_equal(&want, &have);
}

int nsc_twin(int fd, int family)
{
	int flags, protocol, twin;

	/* An MPTCP socket cannot report all its settings, and keeps an address that was not bound.
	 */
	if (nsc_getsockopt_int(fd, SOL_SOCKET, SO_PROTOCOL, &protocol) || protocol != IPPROTO_TCP)
		return -EOPNOTSUPP;
	flags = file_flags(fd);
	if (flags < 0)
		return -EOPNOTSUPP;
	twin = nsc_socket(family, SOCK_STREAM | SOCK_CLOEXEC | flags, IPPROTO_TCP);
	if (twin < 0)
		return twin;
	if (nsc_inode_equal(fd, twin) && carry_buffers(fd, twin) &&
	    carry_options(fd, twin, family) && carry_bound_address(fd, twin))
		return twin;
	nsc_close(twin);
	return -EOPNOTSUPP;
}
