/* SPDX-License-Identifier: MIT */
/* Saves the caller's settings that tearing down a connection destroys, and restores them. */
#include "salvage.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "sys.h"
#include "kernel_constants.h"

enum { UNKNOWN = -1, MAX_USER_MSS = 32767, MAX_UNSCALED_WINDOW = 65535, TIMESTAMP_SPACE = 12 };

enum { PEEK_OFF, MAXSEG, CLAMP, RTO_MIN, DELACK_MAX };

static const struct {
	int level, option;
} destroyed[NSC_SALVAGE_OPTIONS] = {
	[PEEK_OFF] = {SOL_SOCKET, SO_PEEK_OFF},          [MAXSEG] = {IPPROTO_TCP, TCP_MAXSEG},
	[CLAMP] = {IPPROTO_TCP, TCP_WINDOW_CLAMP},       [RTO_MIN] = {IPPROTO_TCP, TCP_RTO_MIN_US},
	[DELACK_MAX] = {IPPROTO_TCP, TCP_DELACK_MAX_US},
};

static int read_or(int fd, int level, int option, int otherwise)
{
	int value;

	return nsc_getsockopt_int(fd, level, option, &value) ? otherwise : value;
}

/*
 * The connection advertised the smaller of TCP_MAXSEG and what the path allows, minus the room for
 * timestamps (tcp_connect_init(), tcp_rcv_state_process()). TCP_MAXSEG is at most 32767. lo allows
 * more by default.
 */
static int chosen_maxseg(int fd, int family, const struct tcp_info *info)
{
	int mss = (int)info->tcpi_advmss +
		  ((info->tcpi_options & TCPI_OPT_TIMESTAMPS) ? TIMESTAMP_SPACE : 0);
	int mtu, headers = family == AF_INET6 ? 40 + 20 : 20 + 20;

	if (mss <= 0 || mss > MAX_USER_MSS)
		return UNKNOWN;
	mtu = family == AF_INET6 ? read_or(fd, IPPROTO_IPV6, IPV6_MTU, 0)
				 : read_or(fd, IPPROTO_IP, IP_MTU, 0);
	return mss < mtu - headers ? mss : UNKNOWN;
}

/* Whether `clamp` is what the kernel lowers a clamp to in a new connection
 * (tcp_init_buffer_space()). */
static bool lowered_to(int fd, int clamp, const struct tcp_info *info)
{
	int half = read_or(fd, SOL_SOCKET, SO_RCVBUF, 0) / 2;
	int segment = (int)info->tcpi_advmss + TIMESTAMP_SPACE;

	return clamp >= half || (clamp > 2 * segment && clamp + segment >= half);
}

static bool is_receive_buffer_sized(int fd)
{
	return read_or(fd, SOL_SOCKET, SO_BUF_LOCK, NSC_RCVBUF_LOCK) & NSC_RCVBUF_LOCK;
}

/*
 * If the caller set a clamp, the window scale fits that clamp. Otherwise the kernel chooses the
 * scale for the largest buffer that autotuning may reach, and then clamps to half the present
 * buffer (tcp_select_initial_window(), tcp_init_buffer_space()). A receive buffer that the caller
 * sized acts like a clamp, and is carried as a buffer.
 */
static int chosen_clamp(int fd, const struct tcp_info *info)
{
	int clamp = read_or(fd, IPPROTO_TCP, TCP_WINDOW_CLAMP, 0);
	int scale = 0;

	if (clamp <= 0)
		return UNKNOWN;
	if (!(info->tcpi_options & TCPI_OPT_WSCALE))
		return clamp < MAX_UNSCALED_WINDOW && !lowered_to(fd, clamp, info) ? clamp
										   : UNKNOWN;
	while (clamp >> scale > MAX_UNSCALED_WINDOW)
		scale++;
	if (info->tcpi_rcv_wscale != scale)
		return UNKNOWN;
	return is_receive_buffer_sized(fd) && lowered_to(fd, clamp, info) ? UNKNOWN : clamp;
}

void nsc_salvage_read(int fd, int family, const struct tcp_info *info, struct nsc_salvage *salvage)
{
	for (int i = 0; i < NSC_SALVAGE_OPTIONS; i++)
		if (i != MAXSEG && i != CLAMP) /* these two follow */
			salvage->value[i] =
				read_or(fd, destroyed[i].level, destroyed[i].option, UNKNOWN);
	salvage->value[MAXSEG] = chosen_maxseg(fd, family, info);
	salvage->value[CLAMP] = chosen_clamp(fd, info);
	salvage->plain = info->tcpi_options & TCPI_OPT_TIMESTAMPS;
}

int nsc_salvage_restore(int fd, const struct nsc_salvage *salvage)
{
	int first = 0;

	for (int i = 0; i < NSC_SALVAGE_OPTIONS; i++) {
		int level = destroyed[i].level, option = destroyed[i].option, error;

		if (salvage->value[i] == UNKNOWN)
			continue;
		/* If TCP_MAXSEG is unset, it reads as the size in use, which may be equal. */
		if (i != MAXSEG && read_or(fd, level, option, UNKNOWN) == salvage->value[i])
			continue;
		error = nsc_setsockopt_int(fd, level, option, salvage->value[i]);
		first = first ? first : error;
	}
	return first;
}
