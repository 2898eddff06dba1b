/* SPDX-License-Identifier: MIT */
/* The ports that the kernel chooses source ports from (ip(7)), and those it leaves out. */
#ifndef NSC_PORT_RANGE_H
#define NSC_PORT_RANGE_H

#include "sockets/portset.h"

struct port_range {
	unsigned low, high;
	struct portset reserved;
};

/* Reads the range of this network namespace. Reports what fails, and returns false then. */
bool port_range_read(struct port_range *range);

/*
 * Reads ip_local_reserved_ports of this network namespace. Returns 0, or -errno; -EINVAL if the
 * list has a mistake.
 */
int port_range_read_reserved(struct portset *reserved);

/*
 * Adds ports to ip_local_reserved_ports. No port that is reserved before is free in between or
 * afterwards, whatever fails. Returns 0 if the kernel shows all of them afterwards, else -errno.
 */
int port_range_reserve(const struct portset *ports);

/* Returns true if the kernel may give the port to a client. */
bool port_range_offers(const struct port_range *range, unsigned port);

/*
 * Returns true if connect() chooses the port. Since Linux 4.2 it prefers every second port, from
 * the low end (__inet_hash_connect()). The other ports are for bind() to port 0; connect() takes
 * them when all of its own are in use.
 */
bool port_range_first_half(const struct port_range *range, unsigned port);

/* The number of ports that connect() prefers: 14116 of 32768-60999. */
unsigned port_range_half(const struct port_range *range);

#endif
