/* SPDX-License-Identifier: MIT */
/* Reserves ports, in the running kernel and in the files of sysctl.d(5). */
#ifndef NSC_RESERVE_H
#define NSC_RESERVE_H

#include "sockets/portset.h"

#define RESERVE_KEY  "net.ipv4.ip_local_reserved_ports"
#define RESERVE_FILE "60-noselfconn.conf"
#define RESERVE_PATH "/etc/sysctl.d/" RESERVE_FILE

/*
 * Adds to `ports` what the root's sysctl files reserve: sysctl.d in /etc, /run, /usr/local/lib,
 * /usr/lib and /lib, and /etc/sysctl.conf. The last file that is read at boot replaces what the
 * others say: *later becomes the path of one that comes after RESERVE_FILE, or NULL. Reports files
 * that cannot be read, and returns false then.
 */
bool reserve_read_files(struct portset *ports, const char **later);

/*
 * Adds `ports` to RESERVE_PATH of the root, together with everything that the other files reserve;
 * and to the running kernel if the root is the machine's. `ports` becomes the set that is written,
 * and *later is as above.
 * Reports what fails, and returns false then; no port that was reserved is lost.
 */
bool reserve_write(struct portset *ports, const char **later);

#endif
