/* SPDX-License-Identifier: MIT */
/* What the tests of repair.c start from: a real self-connection, in a network namespace of the
 * test's own. */
#ifndef NSC_TESTS_REPAIR_SETUP_H
#define NSC_TESTS_REPAIR_SETUP_H

#include "repair.h"
#include "settings.h"

/* That of the test's repairs. */
extern struct nsc_hold hold;

/*
 * A socket connected to itself on 127.0.0.1:40000, to be repaired by `method`; `prepare` (or NULL)
 * is given it before. -1 where that cannot be had: the test `function` is skipped, and returns.
 */
int repair_setup(const char *function, enum nsc_method method, void (*prepare)(int fd));

/* nsc_repair() with what the socket itself says of its address. */
enum nsc_repair repair(int fd);

#endif
