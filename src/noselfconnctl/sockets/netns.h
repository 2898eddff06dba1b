/* SPDX-License-Identifier: MIT */
/* The network namespaces of this machine, as far as /proc and ip-netns(8) show them. */
#ifndef NSC_NETNS_H
#define NSC_NETNS_H

#include <stdbool.h>

struct netns {
	unsigned long inode; /* as `ls -l /proc/PID/ns/net` and lsns(8) show it */
	const char *name;    /* of ip-netns(8), or NULL */
	long pid;            /* a process in it, or 0 if it has a name */
	bool own;            /* the one in which the tool was started */
};

/*
 * Enters each network namespace once, its own one included, and calls `visit` in it. Stays in the
 * last one. Needs root. Reports a namespace that cannot be entered; returns false then, or if
 * `visit` has.
 */
bool netns_visit_all(bool (*visit)(const struct netns *netns, void *data), void *data);

/* Enters one: by a name of ip-netns(8), or the number of a process in it. Reports what fails. */
bool netns_enter(const char *name);

#endif
