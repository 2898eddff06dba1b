/* SPDX-License-Identifier: MIT */
/* The tests of repair.c start from a real self-connection in a private network namespace. */
#ifndef NSC_TESTS_REPAIR_SETUP_H
#define NSC_TESTS_REPAIR_SETUP_H

#include "repair.h"
#include "settings.h"

/* The hold that the test's repairs share. */
extern struct nsc_hold hold;

/*
 * Returns a socket that is connected to itself on 127.0.0.1:40000, and sets the repair method.
 * Passes the new socket to `prepare` first, unless that is NULL. Skips the test without namespaces.
 */
int repair_setup(enum nsc_method method, void (*prepare)(int fd));

/* Calls nsc_repair() with the socket's own address. */
enum nsc_repair repair(int fd);

#endif
