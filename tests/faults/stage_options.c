/* SPDX-License-Identifier: MIT */
/* The options that a caller in the scenes has set. */
#include "stage.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/time.h>

#include "kernel_constants.h"

/* All are ints. Options that the kernel does not have are not set and compare as equal. */
static const struct {
	int level, option, value;
} chosen[] = {
	{SOL_SOCKET, SO_KEEPALIVE, 1},
	{SOL_SOCKET, SO_OOBINLINE, 1},
	{SOL_SOCKET, SO_RCVBUF, 60000},
	{SOL_SOCKET, SO_SNDBUF, 70000},
	{SOL_SOCKET, SO_RCVLOWAT, 3},
	{SOL_SOCKET, SO_PEEK_OFF, 7},
	{IPPROTO_TCP, TCP_NODELAY, 1},
	{IPPROTO_TCP, TCP_KEEPCNT, 3},
	{IPPROTO_TCP, TCP_USER_TIMEOUT, 12345},
	{IPPROTO_TCP, TCP_MAXSEG, 1000},
	{IPPROTO_TCP, TCP_RTO_MIN_US, 150000},
	{IPPROTO_TCP, TCP_DELACK_MAX_US, 30000},
	{IPPROTO_IP, IP_TOS, 0x10},
	{IPPROTO_IP, IP_MINTTL, 9},
	{IPPROTO_IPV6, IPV6_TCLASS, 0x20}, /* not on an IPv4 socket */
	{IPPROTO_IPV6, IPV6_UNICAST_HOPS, 33},
	{SOL_SOCKET, SO_PRIORITY, 4},
};

_Static_assert(sizeof chosen / sizeof *chosen + 3 <= STAGE_OPTIONS, "there is room for them");

/* Binds an address, too, without a port: the kernel must choose that. */
void stage_dress(int fd, int family)
{
	struct stage_address local = stage_address(family, 0);
	struct timeval limit = {.tv_sec = 20};

	for (size_t i = 0; i < sizeof chosen / sizeof *chosen; i++)
		setsockopt(fd, chosen[i].level, chosen[i].option, &chosen[i].value,
			   sizeof chosen[i].value);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	stage_need(setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &(int){1}, sizeof(int)) == 0,
		   "IP_BIND_ADDRESS_NO_PORT");
	stage_need(bind(fd, (struct sockaddr *)&local.address, local.length) == 0,
		   "an address of the caller's own");
}

void stage_options(int fd, int value[STAGE_OPTIONS])
{
	struct timeval limit = {0};
	socklen_t length;
	size_t i;

	memset(value, 0, STAGE_OPTIONS * sizeof *value);
	for (i = 0; i < sizeof chosen / sizeof *chosen; i++) {
		length = sizeof *value;
		getsockopt(fd, chosen[i].level, chosen[i].option, &value[i], &length);
	}
	length = sizeof limit;
	getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, &length);
	value[i++] = (int)limit.tv_sec;
	length = sizeof *value;
	getsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &value[i++], &length);
	length = sizeof *value;
	getsockopt(fd, IPPROTO_TCP, TCP_WINDOW_CLAMP, &value[i], &length);
}
