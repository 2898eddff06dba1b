/* SPDX-License-Identifier: MIT */
/* Undoes one self-connection: tear down, hold, then replace or rewind. */
#include "repair.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>

#include "detect.h"
#include "sys.h"
#include "salvage.h"
#include "sharing.h"
#include "signals.h"
#include "twin.h"

/* What the kernel does not tell, or not in full, stays 0. */
static void read_info(int fd, struct tcp_info *info)
{
	socklen_t length = sizeof *info;

	memset(info, 0, sizeof *info);
	nsc_getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, &length);
}

/*
 * A self-connection is established when connect(2) returns, unless the kernel delivers the packets
 * of loopback later (ksoftirqd on a busy machine, mostly before Linux 6.4). A non-blocking call is
 * still in progress then. Tearing it down at once would leave its SYN on the way. If the caller
 * owns the port and the connection is made again, that SYN resets it. Waiting lets ksoftirqd run;
 * the bound is for packets that never come.
 */
static void await_connection(int fd, struct tcp_info *info)
{
	long ten_milliseconds[2] = {0, 10000000}; /* ppoll(2) writes the rest back */
	struct pollfd ready = {.fd = fd, .events = POLLOUT};

	read_info(fd, info);
	if (info->tcpi_state == TCP_ESTABLISHED)
		return;
	nsc_syscall(SYS_ppoll, (long)&ready, 1, (long)ten_milliseconds, 0, 0);
	read_info(fd, info);
}

/*
 * connect(2) with AF_UNSPEC sends RST, which leaves no TIME_WAIT, and gives the port back unless
 * the caller bound it (tcp_disconnect()). It leaves ECONNRESET pending; reading SO_ERROR clears it.
 *
 * If the kernel refuses, the self-connection stays. Closing with SO_LINGER {1, 0} would tear down,
 * too, but could not tell the caller's own port from the kernel's. Two kernels refuse. gVisor never
 * chooses such a port. Linux around 6.4 answers EBUSY while another thread waits on the socket,
 * which must not be replaced then either.
 */
__attribute__((noinline)) static bool tear_down(int fd)
{
	static const struct sockaddr unspecified = {.sa_family = AF_UNSPEC};
	int pending;

	if (nsc_connect(fd, &unspecified, sizeof unspecified))
		return false;
	nsc_getsockopt_int(fd, SOL_SOCKET, SO_ERROR, &pending);
	return true;
}

/*
 * dup3(2) fails with EBUSY while another thread opens the caller's number. That takes a moment, or
 * lasts for ever (a FIFO without a writer). Signals are held off and could not end a longer wait,
 * so the tries are bounded.
 */
__attribute__((noinline)) static bool put_in_place(int twin, int fd)
{
	enum { TRIES = 1000 };
	int flags = nsc_fcntl(fd, F_GETFD, 0), result = -EBUSY;

	if (flags < 0)
		return false;
	for (int tries = 0; tries < TRIES && (result == -EBUSY || result == -EINTR); tries++)
		result = nsc_dup3(twin, fd, (flags & FD_CLOEXEC) ? O_CLOEXEC : 0);
	return result >= 0;
}

static bool replace(int fd, int family, enum nsc_method method, const struct nsc_salvage *salvage,
		    const struct nsc_hold *hold)
{
	bool replaced = false;
	int twin;

	if (method == NSC_METHOD_REWIND || !salvage->plain || hold->blind)
		return false;
	if (method != NSC_METHOD_REPLACE && nsc_sharing_noticed(fd))
		return false;
	twin = nsc_twin(fd, family);
	if (twin < 0)
		return false;
	if (nsc_salvage_restore(twin, salvage) == 0)
		replaced = put_in_place(twin, fd);
	nsc_close(twin);
	return replaced;
}

/* Out of line, so that `info` is off the stack before the rest of a repair needs room. */
__attribute__((noinline)) static bool salvage_from(int fd, const union nsc_address *local,
						   struct nsc_salvage *salvage)
{
	struct tcp_info info;

	await_connection(fd, &info);
	if (!nsc_detect_still(fd, local))
		return false;
	nsc_salvage_read(fd, local->any.sa_family, &info, salvage);
	return true;
}

static enum nsc_repair undo(int fd, const union nsc_address *local, enum nsc_method method,
			    struct nsc_hold *hold)
{
	/* A blind hold that led to another self-connection holds a port of another namespace. */
	bool useless = hold->blind;
	enum nsc_repair way = NSC_REPAIR_REWOUND;
	struct nsc_salvage salvage;

	if (!salvage_from(fd, local, &salvage) || !tear_down(fd))
		return NSC_REPAIR_LEFT;
	nsc_hold_release(hold);
	if (useless || !nsc_hold_take(fd, local, hold))
		way = nsc_hold_evade(fd) ? NSC_REPAIR_REWOUND : NSC_REPAIR_OWN;
	else if (replace(fd, local->any.sa_family, method, &salvage, hold))
		return NSC_REPAIR_REPLACED;
	nsc_salvage_restore(fd, &salvage);
	return way;
}

enum nsc_repair nsc_repair(int fd, const union nsc_address *local, enum nsc_method method,
			   struct nsc_hold *hold)
{
	struct nsc_signals signals;
	enum nsc_repair way;

	nsc_signals_hold(&signals);
	way = undo(fd, local, method, hold);
	nsc_signals_restore(&signals);
	return way;
}
