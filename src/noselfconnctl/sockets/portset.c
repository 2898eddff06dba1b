/* SPDX-License-Identifier: MIT */
/*
 * Sets of ports, as ip_local_reserved_ports writes them, and the range of ports that the kernel
 * chooses from (ip(7)).
 */
#include "sockets/portset.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"

#define SYSCTL "/proc/sys/net/ipv4/"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const char *parse_port(const char *at, unsigned *port)
{
	if (!is_digit(*at))
		return NULL;
	for (*port = 0; is_digit(*at) && *port < 65536; at++)
		*port = *port * 10 + (unsigned)(*at - '0');
	return *port < 65536 ? at : NULL;
}

bool portset_add(struct portset *set, const char *list)
{
	static const char between[] = " \t\r\n,";

	for (const char *at = list + strspn(list, between); *at; at += strspn(at, between)) {
		unsigned from, to;

		at = parse_port(at, &from);
		if (!at)
			return false;
		to = from;
		if (*at == '-')
			at = parse_port(at + 1, &to);
		if (!at || to < from || (*at && !strchr(between, *at)))
			return false;
		for (; from <= to; from++)
			set->has[from] = true;
	}
	return true;
}

const char *portset_list(const struct portset *set)
{
	/* A port and a comma take at most 6 bytes; the longest list is of every second one. */
	static const size_t room = (size_t)6 * 65536;
	char *list = memory_or_exit(malloc(room)), *at = list;

	*list = '\0';
	for (unsigned from = 0; from < 65536; from++) {
		unsigned to = from;

		if (!set->has[from])
			continue;
		while (to < 65535 && set->has[to + 1])
			to++;
		at += sprintf(at, "%s%u", at == list ? "" : ",", from);
		if (to > from)
			at += sprintf(at, "-%u", to);
		from = to;
	}
	return list;
}

bool port_range_read(struct port_range *range)
{
	FILE *file = fopen(SYSCTL "ip_local_port_range", "re");
	char *line = NULL;
	size_t size = 0;
	bool read = file && fscanf(file, "%u %u", &range->low, &range->high) == 2;

	if (file)
		fclose(file);
	if (!read || range->low > range->high || range->high > 65535) {
		message_error(SYSCTL "ip_local_port_range: %s",
			      file ? "not understood" : strerror(errno));
		return false;
	}
	file = fopen(SYSCTL "ip_local_reserved_ports", "re");
	read = file && getline(&line, &size, file) >= 0 && portset_add(&range->reserved, line);
	if (!read)
		message_error(SYSCTL "ip_local_reserved_ports: %s",
			      file ? "not understood" : strerror(errno));
	if (file)
		fclose(file);
	free(line);
	return read;
}

bool port_range_offers(const struct port_range *range, unsigned port)
{
	return port >= range->low && port <= range->high && !range->reserved.has[port];
}

bool port_range_first_half(const struct port_range *range, unsigned port)
{
	return (port - range->low) % 2 == 0;
}

unsigned port_range_half(const struct port_range *range)
{
	unsigned size = range->high - range->low + 1;

	/* With an odd number of them, the kernel leaves the last one out of its turn. */
	return size == 1 ? 1 : size / 2;
}
