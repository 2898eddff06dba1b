/* SPDX-License-Identifier: MIT */
/* The socket options that the fuzzer's programs set, and all options that can be read. */
#include "settings.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "kernel_constants.h"
#include "program.h"

#ifndef IPV6_FLOWINFO_SEND
#define IPV6_FLOWINFO_SEND 33
#endif
#ifndef SO_MEMINFO
#define SO_MEMINFO 55
#endif
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

/* Both ends of a range in one word, as IP_LOCAL_PORT_RANGE expects them. */
enum {
	ONLY_LOW = (int)(FUZZ_LOW | (unsigned)FUZZ_LOW << 16),
	ONLY_HIGH = (int)(FUZZ_HIGH | (unsigned)FUZZ_HIGH << 16),
	UPSIDE_DOWN = (int)(FUZZ_HIGH | (unsigned)FUZZ_LOW << 16)
};

#define INT(level, option, ...)                                    \
	{                                                          \
		level, option, sizeof(int), {__VA_ARGS__}, #option \
	}

/*
 * Left out: options that make a program wait (call.c sets SO_LINGER with a time, SO_RCVTIMEO and
 * SO_SNDTIMEO), other congestion controls, which run modprobe(8), and a minimal TTL, which drops
 * replies.
 */
const struct fuzz_setting fuzz_settings[] = {
	INT(SOL_SOCKET, SO_REUSEADDR, 1, 1, 1, 0),
	INT(SOL_SOCKET, SO_REUSEPORT, 1, 1, 1, 0),
	{SOL_SOCKET, SO_LINGER, sizeof(struct linger), {1, 1, 1, 0}, "SO_LINGER"},
	INT(SOL_SOCKET, SO_KEEPALIVE, 1, 0, 1, 2),
	INT(SOL_SOCKET, SO_RCVBUF, 4096, 100000, 0, -1),
	INT(SOL_SOCKET, SO_SNDBUF, 4096, 100000, 0, -1),
	INT(SOL_SOCKET, SO_OOBINLINE, 1, 0, 1, 1),
	INT(SOL_SOCKET, SO_PRIORITY, 1, 6, 0, -1),
	INT(SOL_SOCKET, SO_MARK, 1, 7, 0, -1),
	INT(SOL_SOCKET, SO_RCVLOWAT, 1, 4, 0, 100000),
	INT(SOL_SOCKET, SO_TIMESTAMP, 1, 0, 1, 1),
	INT(SOL_SOCKET, SO_BROADCAST, 1, 0, 1, 1),
	INT(SOL_SOCKET, SO_DONTROUTE, 1, 0, 1, 1),
	INT(SOL_SOCKET, SO_PASSCRED, 1, 0, 1, 1),
	INT(SOL_SOCKET, SO_PEEK_OFF, 0, 1, -1, 4),
	INT(SOL_SOCKET, SO_ZEROCOPY, 1, 0, 1, 2),
	{SOL_SOCKET,
	 SO_BINDTODEVICE,
	 3,
	 {'l' | 'o' << 8, 'l' | 'o' << 8, 0, 'x'},
	 "SO_BINDTODEVICE"},
	INT(IPPROTO_TCP, TCP_NODELAY, 1, 0, 1, 1),
	INT(IPPROTO_TCP, TCP_CORK, 1, 0, 1, 0),
	INT(IPPROTO_TCP, TCP_MAXSEG, 536, 1200, 88, 0),
	INT(IPPROTO_TCP, TCP_WINDOW_CLAMP, 10000, 1000, 0, 30000),
	INT(IPPROTO_TCP, TCP_KEEPIDLE, 10, 100, 0, 32767),
	INT(IPPROTO_TCP, TCP_KEEPINTVL, 10, 100, 0, 32767),
	INT(IPPROTO_TCP, TCP_KEEPCNT, 3, 9, 0, 127),
	INT(IPPROTO_TCP, TCP_SYNCNT, 1, 6, 0, 127),
	INT(IPPROTO_TCP, TCP_LINGER2, 5, -1, 0, 60),
	INT(IPPROTO_TCP, TCP_DEFER_ACCEPT, 1, 0, 5, 1),
	INT(IPPROTO_TCP, TCP_USER_TIMEOUT, 1000, 0, 90000, -1),
	INT(IPPROTO_TCP, TCP_QUICKACK, 1, 0, 1, 1),
	INT(IPPROTO_TCP, TCP_FASTOPEN, 5, 0, 1, -1),
	INT(IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1, 1, 1, 0),
	INT(IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE, 1, 1, 1, 0),
	INT(IPPROTO_TCP, TCP_NOTSENT_LOWAT, 1, 1000, 0, -1),
	INT(IPPROTO_TCP, TCP_INQ, 1, 0, 1, 1),
	INT(IPPROTO_TCP, TCP_REPAIR, 1, 1, 0, -1),
	{IPPROTO_TCP,
	 TCP_CONGESTION,
	 5,
	 {'r' | 'e' << 8 | 'n' << 16 | 'o' << 24, 'c' | 'u' << 8 | 'b' << 16 | 'i' << 24, 0, 0},
	 "TCP_CONGESTION"},
	INT(IPPROTO_IP, IP_TOS, 0x10, 0x08, 0, 255),
	INT(IPPROTO_IP, IP_TTL, 64, 1, 255, 0),
	INT(IPPROTO_IP, IP_RECVERR, 1, 0, 1, 1),
	INT(IPPROTO_IP, IP_FREEBIND, 1, 1, 1, 0),
	INT(IPPROTO_IP, IP_TRANSPARENT, 1, 1, 1, 0),
	INT(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1, 1, 1, 0),
	INT(IPPROTO_IP, IP_MTU_DISCOVER, 0, 2, 3, 9),
	INT(IPPROTO_IP, IP_PKTINFO, 1, 0, 1, 1),
	INT(IPPROTO_IP, IP_LOCAL_PORT_RANGE, ONLY_LOW, ONLY_HIGH, 0, UPSIDE_DOWN),
	INT(IPPROTO_IPV6, IPV6_V6ONLY, 1, 1, 0, 0),
	INT(IPPROTO_IPV6, IPV6_UNICAST_HOPS, 64, 1, 255, -1),
	INT(IPPROTO_IPV6, IPV6_TCLASS, 0x10, 0, -1, 255),
	INT(IPPROTO_IPV6, IPV6_RECVERR, 1, 0, 1, 1),
	INT(IPPROTO_IPV6, IPV6_RECVPKTINFO, 1, 0, 1, 1),
	INT(IPPROTO_IPV6, IPV6_FLOWINFO_SEND, 1, 0, 1, 1),
	INT(IPPROTO_IPV6, IPV6_ADDRFORM, AF_INET, AF_INET, AF_INET6, 0),
	INT(999, SO_DEBUG, 1, 1, 1, 1),
};

const size_t fuzz_setting_count = sizeof fuzz_settings / sizeof *fuzz_settings;

void fuzz_setting_put(int level, int option, int value, unsigned char bytes[FUZZ_SETTING_SIZE])
{
	memset(bytes, 0, FUZZ_SETTING_SIZE);
	memcpy(bytes, &value, sizeof value);
	if (level == IPPROTO_TCP && option == TCP_CONGESTION && *bytes)
		bytes[4] = *bytes == 'r' ? 0 : 'c';
}

const char *fuzz_setting_name(int level, int option)
{
	for (size_t i = 0; i < fuzz_setting_count; i++)
		if (fuzz_settings[i].level == level && fuzz_settings[i].option == option)
			return fuzz_settings[i].name;
	return NULL;
}

bool fuzz_setting_compared(int level, int option)
{
	/*
	 * Options that are not compared, each with the reason: why two sockets differ, or what
	 * reading does.
	 */
	static const struct {
		int level, option;
	} apart[] = {
		{SOL_SOCKET, SO_ERROR},        /* reading clears it, so it is read once, apart */
		{SOL_SOCKET, SO_COOKIE},       /* unique to the socket */
		{SOL_SOCKET, SO_NETNS_COOKIE}, /* unique to the namespace */
		{SOL_SOCKET, SO_INCOMING_CPU}, /* depends on the scheduler */
		{SOL_SOCKET, SO_INCOMING_NAPI_ID},
		{SOL_SOCKET, SO_MEMINFO},   /* the queues' memory use; FIONREAD is compared */
		{SOL_SOCKET, SO_PEERPIDFD}, /* opens a descriptor */
		{IPPROTO_TCP, TCP_INFO},    /* times; the state is compared */
		{IPPROTO_TCP, TCP_CC_INFO},
		{IPPROTO_TCP, TCP_TIMESTAMP}, /* a clock */
		{IPPROTO_TCP, TCP_ZEROCOPY_RECEIVE},
	};

	for (size_t i = 0; i < sizeof apart / sizeof *apart; i++)
		if (apart[i].level == level && apart[i].option == option)
			return false;
	return true;
}
