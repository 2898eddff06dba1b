/* SPDX-License-Identifier: MIT */
/* What the tests need of the real kernel: a network of their own, self-connections, descriptors counted. */
#include "world.h"

#include <arpa/inet.h>
#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tap.h"

static void loopback_up(void)
{
	struct ifreq request = {.ifr_name = "lo"};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	ck_assert_int_ge(fd, 0);
	request.ifr_flags = IFF_UP;
	ck_assert_int_eq(ioctl(fd, SIOCSIFFLAGS, &request), 0);
	close(fd);
}

bool world_network(const char *function, unsigned low, unsigned high)
{
	FILE *range = NULL;

	/* Root needs no user namespace; others need one that the machine lets them make. */
	if (unshare(CLONE_NEWNET) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0) {
		loopback_up();
		range = fopen("/proc/sys/net/ipv4/ip_local_port_range", "w");
	}
	if (!range) {
		tap_skip(function, "a network namespace of its own cannot be made here");
		return false;
	}
	fprintf(range, "%u %u\n", low, high);
	ck_assert_int_eq(fclose(range), 0);
	return true;
}

union nsc_address world_address(const char *text, unsigned port)
{
	union nsc_address address;

	memset(&address, 0, sizeof address);
	address.any.sa_family = strchr(text, ':') ? AF_INET6 : AF_INET;
	address.in.sin_port = htons((in_port_t)port);
	ck_assert_int_eq(inet_pton(address.any.sa_family, text,
	                           address.any.sa_family == AF_INET6 ? (void *)&address.in6.sin6_addr
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

ino_t world_inode(int fd)
{
	struct stat status;

	ck_assert_int_eq(fstat(fd, &status), 0);
	return status.st_ino;
}

unsigned world_descriptors(void)
{
	DIR *directory = opendir("/proc/self/fd");
	unsigned count = 0;

	ck_assert_ptr_nonnull(directory);
	while (readdir(directory))
		count++;
	closedir(directory);
	return count;
}

unsigned long long world_signal_mask(void)
{
	unsigned long long mask[2] = {0, 0}; /* MIPS has 128 signals */

	ck_assert_int_eq(syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, mask, _NSIG / 8), 0);
	return mask[0];
}
