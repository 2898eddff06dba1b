/* SPDX-License-Identifier: MIT */
/* A fresh socket that carries over all that the old one had. */
#include "twin.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "kernel.h"
#include "numbers.h"
#include "options.h"

struct value {
	int error;
	socklen_t size;
	unsigned char bytes[NSC_OPTION_SIZE];
};

enum { SNDBUF_LOCK = 1, RCVBUF_LOCK = 2 }; /* of SO_BUF_LOCK */

/*
 * A filter tells its length in instructions where it is given no room (and itself where it is given some); the
 * cookie wants exactly its own.
 */
static socklen_t room_for(const struct nsc_option *option)
{
	if (option->level == SOL_SOCKET && option->option == SO_GET_FILTER)
		return 0;
	if (option->level == SOL_SOCKET && option->option == SO_NETNS_COOKIE)
		return sizeof(uint64_t);
	return NSC_OPTION_SIZE;
}

/* TCP_AO_INFO reads its room, too, and refuses what it does not know there: EINVAL, whether there are keys or not. */
static void get(int fd, const struct nsc_option *option, struct value *value)
{
	memset(value->bytes, 0, sizeof value->bytes);
	value->size = room_for(option);
	value->error = nsc_getsockopt(fd, option->level, option->option, value->bytes, &value->size);
}

static bool equal(const struct nsc_option *option, const struct value *a, const struct value *b)
{
	if (a->error || b->error)
		return a->error == b->error && option->rule != NSC_OPTION_PROOF;
	if (room_for(option) == 0)
		return a->size == b->size;
	return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

/*
 * Whether the twin need not be asked: zero is what it has too, or it has no such option either. That halves the system
 * calls of a replacement. What is set up by sysctl(8), or by a BPF program when the socket is made, is no NSC_OPTION_ZERO.
 */
static bool is_zero(const struct nsc_option *option, const struct value *value)
{
	if (option->rule != NSC_OPTION_ZERO)
		return false;
	if (value->error)
		return value->error == -ENOPROTOOPT || value->error == -EOPNOTSUPP;
	for (socklen_t i = 0; i < value->size; i++)
		if (value->bytes[i])
			return false;
	return true;
}

static bool caller_sized(int fd, const struct nsc_option *option)
{
	int locks;

	return nsc_getsockopt_int(fd, SOL_SOCKET, SO_BUF_LOCK, &locks) == 0 &&
	       locks & (option->option == SO_SNDBUF ? SNDBUF_LOCK : RCVBUF_LOCK);
}

static void set_buffer(int twin, const struct nsc_option *option, const struct value *want)
{
	int force = option->option == SO_SNDBUF ? SO_SNDBUFFORCE : SO_RCVBUFFORCE;
	int size;

	memcpy(&size, want->bytes, sizeof size);
	/* The kernel has doubled it (socket(7)); the FORCE variant goes above net.core.*mem_max. */
	if (nsc_setsockopt_int(twin, SOL_SOCKET, force, size / 2))
		nsc_setsockopt_int(twin, SOL_SOCKET, option->option, size / 2);
}

static bool carry_option(int fd, int twin, const struct nsc_option *option)
{
	struct value want, have;

	if (option->rule == NSC_OPTION_BUFFER && !caller_sized(fd, option))
		return true;
	get(fd, option, &want);
	if (is_zero(option, &want))
		return true;
	get(twin, option, &have);
	/* A buffer that happens to have the right size still has to become the caller's. */
	if (equal(option, &want, &have) && option->rule != NSC_OPTION_BUFFER)
		return true;
	if (want.error)
		return false;
	if (option->rule == NSC_OPTION_BUFFER)
		set_buffer(twin, option, &want);
	else if (option->rule == NSC_OPTION_COPY || option->rule == NSC_OPTION_ZERO)
		nsc_setsockopt(twin, option->level, option->option, want.bytes, want.size);
	else
		return false;
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

/*
 * O_NONBLOCK only. O_ASYNC is tied to a descriptor number, and an owner (F_SETOWN, F_SETSIG) to the
 * credentials of whoever set it: such a socket has no twin.
 */
static bool carry_file_flags(int fd, int twin)
{
	struct f_owner_ex owner = {0, 0};
	int flags = nsc_fcntl(fd, F_GETFL, 0);

	if (flags < 0 || nsc_fcntl(fd, F_GETOWN_EX, (long)&owner) || owner.pid || nsc_fcntl(fd, F_GETSIG, 0))
		return false;
	if (nsc_fcntl(twin, F_SETFL, flags & O_NONBLOCK))
		return false;
	return nsc_fcntl(twin, F_GETFL, 0) == flags;
}

/*
 * After the teardown an address of the old socket's is one that the caller bound: tcp_disconnect() forgets
 * any other. Its port has been released; the twin is to have none either until it connects.
 */
static bool carry_bound_address(int fd, int twin)
{
	union nsc_address want, have;
	int no_port;

	if (nsc_name(SYS_getsockname, fd, &want))
		return false;
	nsc_address_clear_port(&want);
	if (nsc_address_is_wildcard(&want))
		return true;
	if (nsc_getsockopt_int(twin, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &no_port) ||
	    nsc_setsockopt_int(twin, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1) || nsc_bind(twin, &want) ||
	    nsc_setsockopt_int(twin, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, no_port))
		return false;
	return nsc_name(SYS_getsockname, twin, &have) == 0 && nsc_address_equal(&want, &have);
}

/* bind(2) to an IPv6 address that is not v4-mapped sets this option; a caller may have taken it back since. */
static bool carry_v6only(int fd, int twin)
{
	int want, have;

	if (nsc_getsockopt_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, &want))
		return true;
	if (nsc_getsockopt_int(twin, IPPROTO_IPV6, IPV6_V6ONLY, &have) == 0 && have == want)
		return true;
	return nsc_setsockopt_int(twin, IPPROTO_IPV6, IPV6_V6ONLY, want) == 0;
}

int nsc_twin(int fd)
{
	int family, type, protocol, twin;

	if (nsc_getsockopt_int(fd, SOL_SOCKET, SO_DOMAIN, &family) ||
	    nsc_getsockopt_int(fd, SOL_SOCKET, SO_TYPE, &type) ||
	    nsc_getsockopt_int(fd, SOL_SOCKET, SO_PROTOCOL, &protocol))
		return -EOPNOTSUPP;
	/* An MPTCP socket does not tell all that is set on it, nor forget an address that was not bound. */
	if (protocol != IPPROTO_TCP)
		return -EOPNOTSUPP;
	twin = nsc_socket(family, type | SOCK_CLOEXEC, protocol);
	if (twin < 0)
		return twin;
	if (carry_options(fd, twin, family) && carry_file_flags(fd, twin) && carry_bound_address(fd, twin) &&
	    carry_v6only(fd, twin))
		return twin;
	nsc_close(twin);
	return -EOPNOTSUPP;
}
