/* SPDX-License-Identifier: MIT */
/*
 * Reads and compares socket options, in a network that loses packets, so that no connection is
 * made.
 */
#ifndef NSC_TESTS_LIVE_OPTION_H
#define NSC_TESTS_LIVE_OPTION_H

#include "live.h"

enum { TCP = IPPROTO_TCP, ELSEWHERE = 50000 };

struct value {
	int error;
	socklen_t length;
	unsigned char bytes[256];
};

struct value get(int fd, int level, int option);
bool same(const struct value *a, const struct value *b);

/* Formats the value for a message. `text` has room for 64 bytes. */
void print(char *text, const struct value *value);

/* A network in which no connection to PORT or ELSEWHERE is ever made, except a self-connection. */
void net_of_lost_packets(void);

/* Calls connect() through the shim. Returns 0 or errno. */
int begin(int fd, struct place where);

#endif
