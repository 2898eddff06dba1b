/* SPDX-License-Identifier: MIT */
/* The tests of repair.c start from a real self-connection in a private network namespace. */
#include "repair_setup.h"

#include "loopback.h"

struct nsc_hold hold = {.fd = -1};

int repair_setup(enum nsc_method method, void (*prepare)(int fd))
{
	loopback_network(40000, 40001);
	nsc_settings.method = method;
	return loopback_self_connected("127.0.0.1", prepare);
}

enum nsc_repair repair(int fd)
{
	union nsc_address local = loopback_local(fd);

	return nsc_repair(fd, &local, nsc_settings.method, &hold);
}
