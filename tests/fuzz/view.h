/* SPDX-License-Identifier: MIT */
/* The state of the descriptors, as far as a program can see it. */
#ifndef NSC_FUZZ_VIEW_H
#define NSC_FUZZ_VIEW_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "program.h"

struct fuzz_name {
	int error;
	socklen_t length;
	unsigned char bytes[28]; /* an AF_UNIX address is cut off */
};

struct fuzz_view {
	int fd;
	int ready; /* poll(2) */
	int status, close_on_exec, owner, signal;
	struct fuzz_name local, peer;
	int state;  /* of TCP, or -errno */
	int unread; /* bytes, or -errno */
	int unsent;
};

/*
 * Records the descriptors open from fuzz_base on and returns their number. `view` has room for
 * FUZZ_NUMBERS. Skips those opened with O_PATH, which poll() does not support.
 */
unsigned fuzz_look(struct fuzz_view *view);

struct fuzz_value {
	int fd, level, option;
	int error;
	socklen_t size;
	unsigned char bytes[20];
};

enum { FUZZ_VALUES = 4096 };

enum fuzz_depth { FUZZ_PENDING, FUZZ_SETTINGS, FUZZ_ALL };

/*
 * Records what is pending on a descriptor. From FUZZ_SETTINGS on, adds what it is and the options
 * that programs set; with FUZZ_ALL, the options of all numbers. Returns the number of values.
 */
unsigned fuzz_look_closely(int fd, enum fuzz_depth depth, struct fuzz_value *value, unsigned room);

/* The state from TCP_INFO, such as TCP_ESTABLISHED, or -errno. */
int fuzz_tcp_state(int fd);

/* A number unique to the socket; 0 for anything else. */
uint64_t fuzz_cookie(int fd);

#endif
