/* SPDX-License-Identifier: MIT */
/* What the unit tests need of the real kernel: a private network with self-connections. */
#include "loopback.h"

#include <arpa/inet.h>
#include <check.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "netns.h"
#include "tap.h"

void loopback_network(unsigned low, unsigned high)
{
	if (!netns_make(low, high))
		tap_skip("no permission to make a network namespace");
}

union nsc_address loopback_address(const char *text, unsigned port)
{
	union nsc_address address;

	memset(&address, 0, sizeof address);
	address.any.sa_family = strchr(text, ':') ? AF_INET6 : AF_INET;
	address.in.sin_port = htons((in_port_t)port);
	ck_assert_int_eq(inet_pton(address.any.sa_family, text,
				   address.any.sa_family == AF_INET6
					   ? (void *)&address.in6.sin6_addr
					   : (void *)&address.in.sin_addr),
			 1);
	return address;
}

int loopback_self_connected(const char *text, void (*prepare)(int fd))
{
	union nsc_address address = loopback_address(text, 40000), local, peer;
	int fd = socket(address.any.sa_family, SOCK_STREAM, 0);

	ck_assert_int_ge(fd, 0);
	if (prepare)
		prepare(fd);
	ck_assert_int_eq(connect(fd, &address.any, nsc_address_size(&address)), 0);
	local = loopback_local(fd);
	peer = loopback_peer(fd);
	ck_assert(nsc_address_equal(&local, &peer));
	return fd;
}

union nsc_address loopback_local(int fd)
{
	union nsc_address address;
	socklen_t length = sizeof address;

	memset(&address, 0, sizeof address);
	getsockname(fd, &address.any, &length);
	return address;
}

union nsc_address loopback_peer(int fd)
{
	union nsc_address address;
	socklen_t length = sizeof address;

	memset(&address, 0, sizeof address);
	getpeername(fd, &address.any, &length);
	return address;
}

unsigned long long kernel_signal_mask(void)
{
	unsigned long long mask[2] = {0, 0}; /* MIPS has 128 signals */

	ck_assert_int_eq(syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, mask, _NSIG / 8), 0);
	return mask[0];
}
