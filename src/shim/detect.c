/* SPDX-License-Identifier: MIT */
/* Is this socket connected to itself? Looks, and changes nothing. */
#include "detect.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>

#include "sys.h"
#include "kernel_constants.h"

static bool is_tcp(int fd)
{
	int protocol;

	return nsc_getsockopt_int(fd, SOL_SOCKET, SO_PROTOCOL, &protocol) == 0 &&
	       (protocol == IPPROTO_TCP || protocol == NSC_IPPROTO_MPTCP);
}

static bool in_repair_mode(int fd)
{
	int repair;

	return nsc_getsockopt_int(fd, IPPROTO_TCP, TCP_REPAIR, &repair) == 0 && repair;
}

/*
 * A wildcard means the socket's own address, but for ::, which means loopback whatever the socket
 * is bound to (tcp_v6_connect()): ::1, or 127.0.0.1 for a socket bound to a v4-mapped address.
 */
static bool leads_to(const union nsc_address *destination, const union nsc_address *local)
{
	static const unsigned char any[16],
		loopback[16] = {[15] = 1},
		mapped[16] = {[10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1};

	if (!nsc_address_is_wildcard(destination))
		return nsc_address_equal(local, destination);
	if (destination->any.sa_family == AF_INET ||
	    memcmp(&destination->in6.sin6_addr, any, sizeof any))
		return true;
	return memcmp(&local->in6.sin6_addr, loopback, sizeof loopback) == 0 ||
	       memcmp(&local->in6.sin6_addr, mapped, sizeof mapped) == 0;
}

/*
 * Before the handshake is over the socket has no peer yet, but its source port is chosen. A closed
 * one has a port left from a connection that was refused: one that TCP_FASTOPEN_CONNECT had put
 * off, to another destination than this call's.
 */
static bool is_peer(int fd, const union nsc_address *local, const union nsc_address *destination)
{
	union nsc_address peer;
	int error = nsc_name(SYS_getpeername, fd, &peer);

	if (error == 0)
		return nsc_address_equal(local, &peer);
	return error == -ENOTCONN && leads_to(destination, local) && nsc_tcp_state(fd) != TCP_CLOSE;
}

bool nsc_detect(int fd, const union nsc_address *destination, union nsc_address *local)
{
	if (nsc_name(SYS_getsockname, fd, local))
		return false;
	return nsc_address_port(local) == nsc_address_port(destination) &&
	       is_peer(fd, local, destination) && is_tcp(fd) && !in_repair_mode(fd);
}

bool nsc_detect_portless(int fd)
{
	union nsc_address local;

	return nsc_name(SYS_getsockname, fd, &local) == 0 && nsc_address_port(&local) == 0 &&
	       is_tcp(fd);
}
