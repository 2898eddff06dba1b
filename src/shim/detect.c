/* SPDX-License-Identifier: MIT */
/* Is this socket connected to itself? Only looks, changes nothing. */
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
 * A wildcard destination means the socket's own address, except ::, which means loopback whatever
 * the socket is bound to (tcp_v6_connect()): ::1, or 127.0.0.1 for a socket bound to a v4-mapped
 * address.
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
 * Until the handshake is over the socket has a source port but no peer. A closed socket may have a
 * port, too: that of a connection which TCP_FASTOPEN_CONNECT had put off and which was refused.
 */
static bool is_peer(int fd, const union nsc_address *local, const union nsc_address *destination)
{
	union nsc_address peer;
	int error = nsc_name(SYS_getpeername, fd, &peer);

	if (error == 0)
		return nsc_address_equal(local, &peer);
	return error == -ENOTCONN && leads_to(destination, local) && nsc_tcp_state(fd) != TCP_CLOSE;
}

/*
 * A non-blocking TCP connect() never returns 0 for a connection of its own. It says so of one that
 * an earlier call began and that was judged then. Undoing that one would undo a deliberate
 * self-connection, perhaps in use, whenever its owner asks whether it is there yet. Two cases
 * differ: MPTCP over loopback connects before it returns, and after TCP_FASTOPEN_CONNECT there is
 * no peer yet.
 */
static bool began_earlier(int fd, long result)
{
	int flags, protocol;
	union nsc_address peer;

	if (result != 0)
		return false;
	flags = nsc_fcntl(fd, F_GETFL, 0);
	return flags >= 0 && (flags & O_NONBLOCK) &&
	       nsc_getsockopt_int(fd, SOL_SOCKET, SO_PROTOCOL, &protocol) == 0 &&
	       protocol == IPPROTO_TCP && nsc_name(SYS_getpeername, fd, &peer) == 0;
}

bool nsc_detect(int fd, const union nsc_address *destination, long result, union nsc_address *local)
{
	if (nsc_name(SYS_getsockname, fd, local))
		return false;
	return nsc_address_port(local) == nsc_address_port(destination) &&
	       is_peer(fd, local, destination) && is_tcp(fd) && !in_repair_mode(fd) &&
	       !began_earlier(fd, result);
}

bool nsc_detect_still(int fd, const union nsc_address *local)
{
	union nsc_address name;
	int error;

	if (nsc_name(SYS_getsockname, fd, &name) || !nsc_address_equal(&name, local))
		return false;
	error = nsc_name(SYS_getpeername, fd, &name);
	return error == 0 ? nsc_address_equal(&name, local) : error == -ENOTCONN;
}

bool nsc_detect_portless(int fd)
{
	union nsc_address local;

	return nsc_name(SYS_getsockname, fd, &local) == 0 && nsc_address_port(&local) == 0 &&
	       is_tcp(fd);
}
