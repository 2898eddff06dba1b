/* SPDX-License-Identifier: MIT */
/* Compares what a program can set on the inode of a socket. */
#ifndef NSC_INODE_H
#define NSC_INODE_H

#include <stdbool.h>

/*
 * Whether the sockets `fd` and `other` have the same owner, group, mode (fchown(2), fchmod(2)) and
 * extended attributes, among them the label of a security module (xattr(7)). A new socket belongs
 * to the user that makes it, and firewall rules may depend on that. False also if the kernel does
 * not say, or if an attribute is longer than 128 bytes.
 */
bool nsc_inode_equal(int fd, int other);

#endif
