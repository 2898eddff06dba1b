/* SPDX-License-Identifier: MIT */
/* The system calls of sys.h that need more than one line. */
#include "sys.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>

int nsc_name(long number, int fd, union nsc_address *address)
{
	socklen_t length = sizeof *address;
	int error;

	memset(address, 0, sizeof *address);
	error = (int)nsc_syscall(number, fd, (long)address, (long)&length, 0, 0);
	if (error)
		return error;
	if (address->any.sa_family != AF_INET && address->any.sa_family != AF_INET6)
		return -EAFNOSUPPORT;
	return 0;
}

int nsc_tcp_state(int fd)
{
	unsigned char state; /* the first member of struct tcp_info */
	socklen_t length = sizeof state;
	int error = nsc_getsockopt(fd, IPPROTO_TCP, TCP_INFO, &state, &length);

	return error ? error : state;
}
