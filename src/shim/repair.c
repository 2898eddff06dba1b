/* SPDX-License-Identifier: MIT */
/* Undoing one self-connection: tear down, hold, replace or rewind. */
#include "repair.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "sys.h"
#include "kernel_constants.h"
#include "salvage.h"
#include "settings.h"
#include "sharing.h"
#include "signals.h"
#include "twin.h"

/* Zeros where it is not to be had, or only in part. */
static void read_info(int fd, struct tcp_info *info)
{
	socklen_t length = sizeof *info;

	memset(info, 0, sizeof *info);
	nsc_getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, &length);
}

/*
 * A connection with oneself is made by the time that connect(2) returns, unless the kernel has put
 * off the packets of loopback (ksoftirqd of a busy machine, before Linux 6.4 above all): a
 * non-blocking call is still in progress then. Torn down now, it would leave its SYN on the way, to
 * meet a deliberate self-connection when that is made again on the same port: ECONNRESET. To wait
 * is to let ksoftirqd run. The bound is for packets that never come.
 */
static void await_connection(int fd, struct tcp_info *info)
{
	long ten_milliseconds[2] = {0, 10000000}; /* ppoll(2) writes into it what is left */
	struct pollfd ready = {.fd = fd, .events = POLLOUT};

	read_info(fd, info);
	if (info->tcpi_state == TCP_ESTABLISHED)
		return;
	nsc_syscall(SYS_ppoll, (long)&ready, 1, (long)ten_milliseconds, 0, 0);
	read_info(fd, info);
}

/*
 * connect(2) with AF_UNSPEC sends RST and so leaves no TIME_WAIT, and gives the port back unless
 * the caller bound it (tcp_disconnect()). It leaves ECONNRESET behind, which reading SO_ERROR
 * clears.
 *
 * Where it is refused the self-connection stays. Closing the socket with SO_LINGER {1, 0} instead
 * would tear down as well, but could not tell a port of the caller's own from one of the kernel's;
 * and those who refuse are gVisor, whose ports are never chosen like that, and Linux around 6.4
 * while another thread waits on the socket (EBUSY), when it must not be replaced either.
 */
static bool tear_down(int fd)
{
	static const struct sockaddr unspecified = {.sa_family = AF_UNSPEC};
	int pending;

	if (nsc_connect(fd, &unspecified, sizeof unspecified))
		return false;
	nsc_getsockopt_int(fd, SOL_SOCKET, SO_ERROR, &pending);
	return true;
}

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
 * Before Linux 5.14 there is no telling; one namespace is the rule.
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
 * That the port can be bound proves that tearing down gave it back, so the kernel had chosen it;
 * and a port that is bound is not chosen for a connect() (__inet_hash_connect()). SO_REUSEADDR
 * comes after the bind: before, it would let the bind succeed beside a caller's own port; now it
 * lets a server in.
 */
static bool hold_port(int fd, const union nsc_address *local, struct nsc_hold *hold)
{
	hold->fd = nsc_socket(local->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
	if (hold->fd < 0 || !in_one_namespace(fd, hold) || nsc_bind(hold->fd, local)) {
		nsc_hold_release(hold);
		return false;
	}
	nsc_setsockopt_int(hold->fd, SOL_SOCKET, SO_REUSEADDR, 1);
	return true;
}

/* bind(2) to a port of the kernel's choice, chosen now even where IP_BIND_ADDRESS_NO_PORT would put
 * it off (Linux 4.2). */
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
 * For a port that cannot be held, because it is the caller's own, or other connections use it too,
 * or it is another namespace's, or there is no descriptor for a holder: bind the caller's socket to
 * another port of the kernel's choice. EINVAL says that it has a port still (bind(2)), one that
 * tearing down did not give back: the caller's own. Whatever else it says, the retry may do
 * without. A port bound to 0 is given back after use like one that connect() chose
 * (SOCK_BINDPORT_LOCK is not set).
 */
static enum nsc_repair evade_port(int fd)
{
	union nsc_address address;
	int state;

	if (nsc_name(SYS_getsockname, fd, &address) || bind_to_any_port(fd, &address) != -EINVAL)
		return NSC_REPAIR_REWOUND;
	/* Another thread that connects the socket meanwhile gives it a port as well: that one is
	 * not the caller's. */
	state = nsc_tcp_state(fd);
	return (state < 0 || state == TCP_CLOSE) && bind_to_any_port(fd, &address) == -EINVAL
		       ? NSC_REPAIR_OWN
		       : NSC_REPAIR_REWOUND;
}

/*
 * Puts the twin on the caller's number. dup3 is refused with EBUSY while another thread opens that
 * number, which takes a moment, or for ever (a FIFO that nobody writes to): signals are held off,
 * and nobody could end the wait.
 */
static bool put_in_place(int twin, int fd)
{
	enum { TRIES = 1000 };
	int flags = nsc_fcntl(fd, F_GETFD, 0), result = -EBUSY;

	if (flags < 0)
		return false;
	for (int tries = 0; tries < TRIES && (result == -EBUSY || result == -EINTR); tries++)
		result = nsc_dup3(twin, fd, (flags & FD_CLOEXEC) ? O_CLOEXEC : 0);
	return result >= 0;
}

static bool replace(int fd, int family, const struct nsc_salvage *salvage,
		    const struct nsc_hold *hold)
{
	bool replaced = false;
	int twin;

	if (nsc_settings.method == NSC_METHOD_REWIND || !salvage->plain || hold->blind)
		return false;
	if (nsc_settings.method == NSC_METHOD_AUTO && nsc_sharing_noticed(fd))
		return false;
	twin = nsc_twin(fd, family);
	if (twin < 0)
		return false;
	if (nsc_salvage_restore(twin, salvage) == 0)
		replaced = put_in_place(twin, fd);
	nsc_close(twin);
	return replaced;
}

/* A signal handler can have put another connection on the descriptor since it was judged. From here
 * on none runs. */
static bool is_still_itself(int fd, const union nsc_address *local)
{
	union nsc_address name;
	int error;

	if (nsc_name(SYS_getsockname, fd, &name) || !nsc_address_equal(&name, local))
		return false;
	error = nsc_name(SYS_getpeername, fd, &name);
	return error == 0 ? nsc_address_equal(&name, local) : error == -ENOTCONN;
}

static enum nsc_repair undo(int fd, const union nsc_address *local, struct nsc_hold *hold)
{
	enum nsc_repair way = NSC_REPAIR_REWOUND;
	/* The retry under a blind hold has come to a self-connection again: it holds the port of
	 * another namespace. */
	bool in_vain = hold->blind;
	int family = local->any.sa_family;
	struct nsc_salvage salvage;
	struct tcp_info info;

	await_connection(fd, &info);
	if (!is_still_itself(fd, local))
		return NSC_REPAIR_LEFT;
	nsc_salvage_read(fd, family, &info, &salvage);
	if (!tear_down(fd))
		return NSC_REPAIR_LEFT;
	nsc_hold_release(hold);
	if (in_vain || !hold_port(fd, local, hold))
		way = evade_port(fd);
	else if (replace(fd, family, &salvage, hold))
		return NSC_REPAIR_REPLACED;
	nsc_salvage_restore(fd, &salvage);
	return way;
}

enum nsc_repair nsc_repair(int fd, const union nsc_address *local, struct nsc_hold *hold)
{
	struct nsc_signals signals;
	enum nsc_repair way;

	nsc_signals_hold(&signals);
	way = undo(fd, local, hold);
	nsc_signals_restore(&signals);
	return way;
}
