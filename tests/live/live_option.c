/* SPDX-License-Identifier: MIT */
/*
 * Reads and compares socket options, in a network that loses packets, so that no connection is
 * made.
 */
#include "live_option.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct value get(int fd, int level, int option)
{
	struct value value = {.length = sizeof value.bytes};

	if (getsockopt(fd, level, option, value.bytes, &value.length))
		value = (struct value){.error = errno};
	return value;
}

bool same(const struct value *a, const struct value *b)
{
	return a->error == b->error && a->length == b->length &&
	       memcmp(a->bytes, b->bytes, a->length) == 0;
}

void print(char *text, const struct value *value)
{
	int n = 0;

	text[0] = '\0';
	if (value->error)
		n = sprintf(text, "error %d ", value->error);
	for (socklen_t i = 0; i < value->length && i < 16; i++)
		n += sprintf(text + n, "%02x", value->bytes[i]);
}

void net_of_lost_packets(void)
{
	net_of_two_ports();
	drop("tcp sport 40001 tcp dport 40000");
	drop("tcp dport 50000");
}

int begin(int fd, struct place where)
{
	return shim_connect(fd, where) ? errno : 0;
}
