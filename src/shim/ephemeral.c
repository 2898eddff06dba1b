/* SPDX-License-Identifier: MIT */
/* Is this a port that the kernel may choose as a source port? */
#include "ephemeral.h"

#include <errno.h>
#include <stdint.h>
#include <time.h>

#include "sys.h"
#include "signals.h"

static const uint32_t every_port = 0xffff;

/* A range is one word, the low end in its upper half: no reader sees one end old and the other new.
 */
static uint32_t known_range;
static uint32_t known_second;

static const char *parse_port(const char *text, uint32_t *port)
{
	for (*port = 0; *text >= '0' && *text <= '9' && *port <= 0xffff; text++)
		*port = *port * 10 + (uint32_t)(*text - '0');
	return text;
}

static uint32_t read_range(void)
{
	char text[32];
	const char *after_low;
	struct nsc_signals signals;
	uint32_t low, high;
	long size = -1;
	int fd;

	/* A handler that jumps out of here would leave the descriptor behind. */
	nsc_signals_hold(&signals);
	fd = nsc_open("/proc/sys/net/ipv4/ip_local_port_range", O_RDONLY, 0);
	if (fd >= 0) {
		size = nsc_read(fd, text, sizeof text - 1);
		nsc_close(fd);
	}
	nsc_signals_restore(&signals);
	if (size <= 0)
		return every_port;
	text[size] = '\0';
	after_low = parse_port(text, &low);
	if (*after_low != '\t' && *after_low != ' ')
		return every_port;
	parse_port(after_low + 1, &high);
	return low <= high && high <= 0xffff && high > 0 ? low << 16 | high : every_port;
}

/* Never 0, which stands for "not read yet". A clock that cannot be read has the range read each
 * time. */
static uint32_t this_second(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC_COARSE, &now))
		return 0;
	return (uint32_t)now.tv_sec | 0x80000000;
}

/* Out of line: what it saves on the stack is not for each connect() to save. */
__attribute__((noinline)) static void look_again(uint32_t second)
{
	int before = errno;

	__atomic_store_n(&known_range, read_range(), __ATOMIC_RELAXED);
	__atomic_store_n(&known_second, second, __ATOMIC_RELEASE);
	/* After a connect() that has succeeded nothing else would. */
	errno = before;
}

bool nsc_ephemeral(unsigned port)
{
	uint32_t second = this_second();
	uint32_t range;

	if (second == 0 || second != __atomic_load_n(&known_second, __ATOMIC_ACQUIRE))
		look_again(second);
	range = __atomic_load_n(&known_range, __ATOMIC_RELAXED);
	return port >= range >> 16 && port <= (range & 0xffff);
}
