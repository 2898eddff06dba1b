/* SPDX-License-Identifier: MIT */
/* The servers of this network namespace whose port the kernel may give to a client. */
#include "sockets/exposed.h"

#include <stdlib.h>

static const struct port_range *offered;

static bool is_exposed(const struct tcp_socket *socket)
{
	return socket->state == TCP_SOCKET_LISTEN && port_range_offers(offered, socket->local_port);
}

static int by_port(const void *one, const void *other)
{
	const struct tcp_socket *a = one, *b = other;

	if (a->local_port != b->local_port)
		return a->local_port < b->local_port ? -1 : 1;
	return a->family - b->family;
}

int exposed_find(const struct port_range *range, struct tcp_socket **list, size_t *count)
{
	int error;

	offered = range;
	error = tcp_sockets_read(is_exposed, list, count);
	if (!error && *count)
		qsort(*list, *count, sizeof **list, by_port);
	return error;
}

size_t exposed_ports(const struct tcp_socket *list, size_t count)
{
	size_t ports = 0;

	for (size_t i = 0; i < count; i++)
		ports += i == 0 || list[i].local_port != list[i - 1].local_port;
	return ports;
}
