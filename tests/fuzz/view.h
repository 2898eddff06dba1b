/* SPDX-License-Identifier: MIT */
/* What a program could see of its descriptors. */
#ifndef NSC_FUZZ_VIEW_H
#define NSC_FUZZ_VIEW_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "program.h"

struct fuzz_name {
	int error;
	socklen_t length;
	unsigned char bytes[28]; /* of an address of AF_UNIX as many as fit */
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

/* Those that are open, from fuzz_base on; `view` has room for FUZZ_NUMBERS. Returns how many. Not
 * those opened with O_PATH, for which there is no poll(). */
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
 * What is pending on a descriptor; from FUZZ_SETTINGS on what it is and the options that programs
 * set; with FUZZ_ALL the options of all numbers that there are. Returns how many values.
 */
unsigned fuzz_look_closely(int fd, enum fuzz_depth depth, struct fuzz_value *value, unsigned room);

/* Of TCP_INFO: TCP_ESTABLISHED and the like; or -errno. */
int fuzz_tcp_state(int fd);

/* A number that no other socket has; 0 for anything else. */
uint64_t fuzz_cookie(int fd);

#endif
