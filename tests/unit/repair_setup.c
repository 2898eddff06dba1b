/* SPDX-License-Identifier: MIT */
/* What the tests of repair.c start from: a real self-connection, in a network namespace of the
 * test's own. */
#include "repair_setup.h"

#include "world.h"

struct nsc_hold hold = {.fd = -1};

int repair_setup(const char *function, enum nsc_method method, void (*prepare)(int fd))
{
	if (!world_network(function, 40000, 40001))
		return -1;
	nsc_settings.method = method;
	return world_self_connected("127.0.0.1", prepare);
}

enum nsc_repair repair(int fd)
{
	union nsc_address local = world_local(fd);

	return nsc_repair(fd, &local, &hold);
}
