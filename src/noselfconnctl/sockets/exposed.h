/* SPDX-License-Identifier: MIT */
/* The servers of this network namespace whose port the kernel may give to a client. */
#ifndef NSC_EXPOSED_H
#define NSC_EXPOSED_H

#include "sockets/port_range.h"
#include "sockets/tcp_sockets.h"

/* Puts their sockets into *list, from malloc, in the order of their ports. Returns 0 or -errno. */
int exposed_find(const struct port_range *range, struct tcp_socket **list, size_t *count);

/* The number of different ports in such a list. */
size_t exposed_ports(const struct tcp_socket *list, size_t count);

#endif
