/* SPDX-License-Identifier: MIT */
/*
 * Sets of ports, as ip_local_reserved_ports writes them, and the range of ports that the kernel
 * chooses from (ip(7)).
 */
#ifndef NSC_PORTSET_H
#define NSC_PORTSET_H

#include <stdbool.h>

struct portset {
	bool has[65536];
};

/*
 * Adds the ports of a list such as "80,8000-8010"; false where it is none (what came before the
 * mistake is added).
 */
bool portset_add(struct portset *set, const char *list);

/* The list of a set; "" for none. */
const char *portset_list(const struct portset *set);

struct port_range {
	unsigned low, high;
	struct portset reserved;
};

/* The range of this network namespace, and what is reserved in it. Says what fails. */
bool port_range_read(struct port_range *range);

/* True for a port that the kernel may give to a client. */
bool port_range_offers(const struct port_range *range, unsigned port);

/*
 * Is the port in the half that connect() goes through: every second one from the low end, as long
 * as one of them is free (Linux 4.2, __inet_hash_connect())? The other half is for bind() to port
 * 0, and comes after.
 */
bool port_range_first_half(const struct port_range *range, unsigned port);

/* How many ports are in the first half: 14116 of 32768 to 60999. */
unsigned port_range_half(const struct port_range *range);

#endif
