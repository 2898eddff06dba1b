/* SPDX-License-Identifier: MIT */
/* Sets of ports, in the notation of ip_local_reserved_ports. */
#ifndef NSC_PORTSET_H
#define NSC_PORTSET_H

#include <stdbool.h>

enum { PORT_MOST = 65535 };

struct portset {
	bool has[PORT_MOST + 1];
};

/*
 * Adds the ports of a list such as "80,8000-8010". Returns false if the list has a mistake; the
 * ports before the mistake are added.
 */
bool portset_add(struct portset *set, const char *list);

/* Adds all ports of another set. */
void portset_unite(struct portset *set, const struct portset *more);

/* Returns true if `set` has every port of `part`. */
bool portset_contains(const struct portset *set, const struct portset *part);

/* The list of a set, from malloc; "" for an empty set. */
char *portset_list(const struct portset *set);

#endif
