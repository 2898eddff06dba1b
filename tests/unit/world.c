/* SPDX-License-Identifier: MIT */
/* What the tests need of the real kernel: a network of their own, self-connections. */
#include "world.h"

#include <arpa/inet.h>
#include <check.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "netns.h"
#include "tap.h"

bool world_network(const char *function, unsigned low, unsigned high)
{
	if (netns_make(low, high))
		return true;
	tap_skip(function, "a network namespace of its own cannot be made here");
	return false;
}

union nsc_address world_address(const char *text, unsigned port)
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

int world_self_connected(const char *text, void (*prepare)(int fd))
{
	union nsc_address address = world_address(text, 40000), local, peer;
	int fd = socket(address.any.sa_family, SOCK_STREAM, 0);

	ck_assert_int_ge(fd, 0);
	if (prepare)
		prepare(fd);
	ck_assert_int_eq(connect(fd, &address.any, nsc_address_size(&address)), 0);
	local = world_local(fd);
	peer = world_peer(fd);
	ck_assert(nsc_address_equal(&local, &peer));
	return fd;
}

union nsc_address world_local(int fd)
{
	union nsc_address address;
	socklen_t length = sizeof address;

	memset(&address, 0, sizeof address);
	getsockname(fd, &address.any, &length);
	return address;
}

union nsc_address world_peer(int fd)
{
	union nsc_address address;
	socklen_t length = sizeof address;

	memset(&address, 0, sizeof address);
	getpeername(fd, &address.any, &length);
	return address;
}

unsigned long long world_signal_mask(void)
{
	unsigned long long mask[2] = {0, 0}; /* MIPS has 128 signals */

	ck_assert_int_eq(syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, mask, _NSIG / 8), 0);
	return mask[0];
}
