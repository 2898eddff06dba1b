/* SPDX-License-Identifier: MIT */
/* Reserving ports: net.ipv4.ip_local_reserved_ports, in the running kernel and in sysctl.d(5). */
#ifndef NSC_RESERVE_H
#define NSC_RESERVE_H

#include "sockets/portset.h"

#define RESERVE_KEY  "net.ipv4.ip_local_reserved_ports"
#define RESERVE_FILE "60-noselfconn.conf"
#define RESERVE_PATH "/etc/sysctl.d/" RESERVE_FILE

/*
 * Adds to `set` what the root's sysctl files reserve: /etc, /run, /usr/local/lib, /usr/lib and
 * /lib's sysctl.d, and /etc/sysctl.conf. The last file that is read at boot replaces what the
 * others say: returns the path of one that comes after RESERVE_FILE, or NULL.
 */
const char *reserve_read_files(struct portset *set);

/*
 * Writes the whole set into RESERVE_PATH of the root, and into the running kernel where the root is
 * the machine's. Says what fails, and returns false.
 */
bool reserve_write(const struct portset *set);

#endif
