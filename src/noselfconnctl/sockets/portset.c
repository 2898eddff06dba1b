/* SPDX-License-Identifier: MIT */
/* Sets of ports, in the notation of ip_local_reserved_ports. */
#include "sockets/portset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const char *parse_port(const char *at, unsigned *port)
{
	if (!is_digit(*at))
		return NULL;
	for (*port = 0; is_digit(*at) && *port <= PORT_MOST; at++)
		*port = *port * 10 + (unsigned)(*at - '0');
	return *port <= PORT_MOST ? at : NULL;
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

void portset_unite(struct portset *set, const struct portset *more)
{
	for (unsigned port = 0; port <= PORT_MOST; port++)
		set->has[port] = set->has[port] || more->has[port];
}

bool portset_contains(const struct portset *set, const struct portset *part)
{
	for (unsigned port = 0; port <= PORT_MOST; port++)
		if (part->has[port] && !set->has[port])
			return false;
	return true;
}

char *portset_list(const struct portset *set)
{
	/* A port and a comma take at most 6 bytes. The longest list has every second port. */
	static const size_t room = (size_t)6 * (PORT_MOST + 1);
	char *list = memory_or_exit(malloc(room)), *at = list;

	*list = '\0';
	for (unsigned from = 0; from <= PORT_MOST; from++) {
		unsigned to = from;

		if (!set->has[from])
			continue;
		while (to < PORT_MOST && set->has[to + 1])
			to++;
		at += sprintf(at, "%s%u", at == list ? "" : ",", from);
		if (to > from)
			at += sprintf(at, "-%u", to);
		from = to;
	}
	return list;
}
