/* SPDX-License-Identifier: MIT */
/* Socket options read and compared, where packets are lost: no connection is ever made there. */
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

/* For a message; `text` has room for 64 bytes. */
void print(char *text, const struct value *value);

/* Where no connection is ever made, to PORT or to ELSEWHERE, but for one with oneself. */
void net_of_lost_packets(void);

/* connect() through the shim: 0 or errno. */
int begin(int fd, struct place where);

#endif
