/* SPDX-License-Identifier: MIT */
/* Keeps the retry of a call off the port on which the socket was connected to itself. */
#include "hold.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <string.h>

#include "sys.h"
#include "kernel_constants.h"

void nsc_hold_release(void *hold)
{
	struct nsc_hold *held = hold;

	if (held->fd >= 0)
		nsc_close(held->fd);
	held->fd = -1;
	held->blind = false;
}

/*
 * A socket stays in the network namespace that it was made in, wherever its thread goes (setns(2)).
 * Before Linux 5.14 there is no cookie to compare; most processes have only one namespace.
 */
static bool in_one_namespace(int fd, struct nsc_hold *hold)
{
	uint64_t cookie = 0, other = 0;
	socklen_t length = sizeof cookie;

	hold->blind = nsc_getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &length) != 0;
	nsc_getsockopt(hold->fd, SOL_SOCKET, SO_NETNS_COOKIE, &other, &length);
	return hold->blind || cookie == other;
}

/*
 * Each VRF has ports of its own since Linux 5.0 (inet_bind_bucket_match()), and the device that a
 * socket is bound to decides which VRF it is in. So the holder goes to the same device. It may have
 * one from the start: a cgroup's BPF program can give it one (ip-vrf(8)). Before Linux 5.7 setting
 * it takes CAP_NET_RAW.
 */
static bool match_device(int fd, int holder)
{
	char want[IFNAMSIZ] = "", have[IFNAMSIZ] = "";
	socklen_t size = sizeof want, length = sizeof have;

	if (nsc_getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, want, &size) ||
	    nsc_getsockopt(holder, SOL_SOCKET, SO_BINDTODEVICE, have, &length))
		return false;
	return memcmp(want, have, sizeof want) == 0 ||
	       nsc_setsockopt(holder, SOL_SOCKET, SO_BINDTODEVICE, want, size) == 0;
}

/*
 * A successful bind proves that the teardown gave the port back, so the kernel had chosen it. The
 * kernel chooses no bound port for a connect() (__inet_hash_connect()). SO_REUSEADDR follows the
 * bind: before, it would let the bind succeed beside a port of the caller's own; now it lets a
 * server in.
 */
bool nsc_hold_take(int fd, const union nsc_address *local, struct nsc_hold *hold)
{
	hold->fd = nsc_socket(local->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
	if (hold->fd < 0 || !in_one_namespace(fd, hold) || !match_device(fd, hold->fd) ||
	    nsc_bind(hold->fd, local)) {
		nsc_hold_release(hold);
		return false;
	}
	nsc_setsockopt_int(hold->fd, SOL_SOCKET, SO_REUSEADDR, 1);
	return true;
}

/* With IP_BIND_ADDRESS_NO_PORT (Linux 4.2) bind(2) would put the choice of a port off. */
static int bind_to_any_port(int fd, union nsc_address *address)
{
	int no_port, error;

	nsc_address_clear_port(address);
	if (nsc_getsockopt_int(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &no_port) || !no_port)
		return nsc_bind(fd, address);
	nsc_setsockopt_int(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 0);
	error = nsc_bind(fd, address);
	nsc_setsockopt_int(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
	return error;
}

/*
 * EINVAL says that the socket still has a port (bind(2)). Another thread that connects the socket
 * meanwhile gives it one, too: require TCP_CLOSE and a second EINVAL. A port from a bind to port 0
 * is given back after use, like one that connect() chose (SOCK_BINDPORT_LOCK is not set).
 */
bool nsc_hold_evade(int fd)
{
	union nsc_address address;
	int state;

	if (nsc_name(SYS_getsockname, fd, &address) || bind_to_any_port(fd, &address) != -EINVAL)
		return true;
	state = nsc_tcp_state(fd);
	if (state >= 0 && state != TCP_CLOSE)
		return true;
	return bind_to_any_port(fd, &address) != -EINVAL;
}
