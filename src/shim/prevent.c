/* SPDX-License-Identifier: MIT */
/* Prevents a self-connection: the kernel may not choose the destination's port for this one call.
 */
#include "prevent.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>

#include "address.h"
#include "cleanup.h"
#include "ephemeral.h"
#include "imports.h"
#include "kernel_constants.h"
#include "signals.h"
#include "sys.h"

/*
 * Before the call nobody knows whether the caller's memory can be read. rt_sigprocmask(2) reads a
 * set before it looks at what to do with it: EFAULT for bad memory, otherwise EINVAL, and nothing
 * changes.
 */
static bool is_readable_at(const void *memory)
{
	enum { NOTHING_TO_DO = -1 };

	return nsc_syscall(SYS_rt_sigprocmask, NOTHING_TO_DO, (long)memory, 0,
			   sizeof(struct nsc_signal_set), 0) == -EINVAL;
}

/* Both ends of at most a page, so all of it. `size` is at least that of a set. */
static bool is_readable(const void *memory, size_t size)
{
	return is_readable_at(memory) &&
	       is_readable_at((const char *)memory + size - sizeof(struct nsc_signal_set));
}

/* The destination's port, or -1 for anything but an IPv4 or IPv6 address that can be read. */
static int port_of(const struct nsc_call *call)
{
	const struct sockaddr *destination;
	socklen_t length;

	if (call->message && !is_readable(call->message, call->message_size))
		return -1;
	destination = call->destination(call, &length);
	if (!destination || length < sizeof(struct sockaddr_in) ||
	    !is_readable(destination, sizeof(struct sockaddr_in)))
		return -1;
	return nsc_address_port_in(destination, length);
}

/* A value of IP_LOCAL_PORT_RANGE: the low end in the lower half. An end of 0 is that of the sysctl.
 */
struct own_range {
	int fd, value;
};

static void restore(void *range)
{
	const struct own_range *r = range;

	nsc_setsockopt_int(r->fd, IPPROTO_IP, IP_LOCAL_PORT_RANGE, r->value);
}

/* Returns the value that leaves `port` out, or 0 if there is no other port (0 is never such a
 * value). */
static uint32_t without(uint32_t value, uint32_t port)
{
	uint32_t low, high, own_low = value & 0xffff, own_high = value >> 16;

	nsc_ephemeral_range(&low, &high);
	/* An end outside the range of the sysctl does not count (inet_sk_get_local_port_range()).
	 */
	if (own_low >= low && own_low <= high)
		low = own_low;
	if (own_high >= low && own_high <= high)
		high = own_high;
	if (port < low || port > high || low == high)
		return 0;
	if (high - port >= port - low)
		low = port + 1;
	else
		high = port - 1;
	return low | high << 16;
}

/* Fills `range`, and returns the value that makes the port impossible; 0 where that cannot be had.
 */
static uint32_t narrower(int fd, uint32_t port, struct own_range *range)
{
	int protocol;

	range->fd = fd;
	if (nsc_getsockopt_int(fd, SOL_SOCKET, SO_PROTOCOL, &protocol) ||
	    (protocol != IPPROTO_TCP && protocol != NSC_IPPROTO_MPTCP) ||
	    nsc_getsockopt_int(fd, IPPROTO_IP, IP_LOCAL_PORT_RANGE, &range->value))
		return 0;
	return without((uint32_t)range->value, port);
}

bool nsc_prevents;

void nsc_prevent_choose(const struct nsc_settings *settings)
{
	__atomic_store_n(&nsc_prevents,
			 settings->method == NSC_METHOD_PREVENT && !settings->disabled,
			 __ATOMIC_RELAXED);
}

long nsc_prevent(const struct nsc_call *call)
{
	int port = port_of(call);
	struct nsc_cleanup cleanup;
	struct own_range range;
	uint32_t value;
	long result;

	if (port < 0 || !nsc_ephemeral((unsigned)port))
		return call->make(call);
	value = narrower(call->fd, (uint32_t)port, &range);
	if (value == 0)
		return call->make(call);
	nsc_cleanup_push(&cleanup, restore, &range);
	nsc_setsockopt_int(call->fd, IPPROTO_IP, IP_LOCAL_PORT_RANGE, (int)value);
	result = call->make(call);
	/* Before the handler is taken back: doing it twice is harmless, and nothing is lost. */
	restore(&range);
	nsc_cleanup_pop(&cleanup, false);
	return result < 0 && errno == EADDRNOTAVAIL ? call->make(call) : result;
}
