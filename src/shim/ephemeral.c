/* SPDX-License-Identifier: MIT */
/* Is this a port that the kernel may choose as a source port? */
#include "ephemeral.h"

#include <errno.h>
#include <stdint.h>

#include "imports.h"
#include "procfs.h"
#include "signals.h"
#include "sys.h"

static const uint32_t every_port = 0xffff;

/* One word, with the low end in the upper half, so that no thread sees ends of different ranges. */
static uint32_t known_range;
static uint32_t known_second;

static const char *parse_port(const char *text, uint32_t *port)
{
	for (*port = 0; *text >= '0' && *text <= '9' && *port <= 0xffff; text++)
		*port = *port * 10 + (uint32_t)(*text - '0');
	return text;
}

/* A handler that jumped out of here would leave a descriptor open, so signals are held. */
static long read_sysctl(char *text, size_t size)
{
	struct nsc_signals signals;
	long length;
	int proc;

	nsc_signals_hold(&signals);
	length = proc = nsc_procfs_open();
	if (proc >= 0) {
		length =
			nsc_procfs_read(proc, "/proc/sys/net/ipv4/ip_local_port_range", text, size);
		nsc_close(proc);
	}
	nsc_signals_restore(&signals);
	return length;
}

static uint32_t read_range(void)
{
	char text[32];
	const char *after_low;
	uint32_t low, high;

	if (read_sysctl(text, sizeof text) <= 0)
		return every_port;
	after_low = parse_port(text, &low);
	if (*after_low != '\t' && *after_low != ' ')
		return every_port;
	parse_port(after_low + 1, &high);
	return low <= high && high <= 0xffff && high > 0 ? low << 16 | high : every_port;
}

/* Never 0, which means "not read yet". If the clock fails, the range is read on every call. */
static uint32_t this_second(void)
{
	struct timespec now;

	if (!clock_gettime || clock_gettime(CLOCK_MONOTONIC_COARSE, &now))
		return 0;
	return (uint32_t)now.tv_sec | 0x80000000;
}

/* Out of line, so that the fast path saves no registers. */
__attribute__((noinline)) static void look_again(uint32_t second)
{
	int before = errno;

	__atomic_store_n(&known_range, read_range(), __ATOMIC_RELAXED);
	__atomic_store_n(&known_second, second, __ATOMIC_RELEASE);
	/* Nothing else restores errno after a connect() that succeeded. */
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

void nsc_ephemeral_range(uint32_t *low, uint32_t *high)
{
	uint32_t range = __atomic_load_n(&known_range, __ATOMIC_RELAXED);

	*low = range >> 16;
	*high = range & 0xffff;
}
