/* SPDX-License-Identifier: MIT */
/* A guarded call whose outcomes are written down beforehand, in a kernel that takes every repair.
 */
#ifndef NSC_TESTS_GUARD_SCRIPT_H
#define NSC_TESTS_GUARD_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#include "guard.h"

/* The handlers that a cancelled call runs are registered in glibc only (cleanup.h). */
#ifdef __GLIBC__
enum { SCRIPT_CAN_BE_CANCELLED = true };
#else
enum { SCRIPT_CAN_BE_CANCELLED = false };
#endif
#define SCRIPT_NO_HANDLERS "this libc has no function that registers a handler"

enum { SCRIPT_FD = 7, SCRIPT_HOLDER = 800, SCRIPT_ERRNO = 4711 };

/* What making the call comes to; the last step of a script goes on for ever. */
struct step {
	long result; /* or -errno */
	bool itself; /* 127.0.0.1:40000 is both ends; otherwise the local port is `local_port` */
	unsigned local_port;
};

struct script {
	struct nsc_call call;
	const struct sockaddr *address; /* 127.0.0.1:40000 */
	socklen_t length;
	int flags;                 /* of the descriptor, as F_GETFL has them: O_RDWR */
	unsigned made;             /* how often the call has been made */
	void (*before_make)(void); /* or NULL */
	char log[32768];           /* what has been logged */
};

extern struct script script;

/*
 * A fake socket and kernel: every port may be chosen; sockets are SCRIPT_HOLDER and can be bound;
 * tearing down works; what is logged goes to script.log. Repairs rewind: what a twin takes is shown
 * elsewhere.
 */
void script_install(void);

/* How many holders there have been; fails where one of them has not been closed again. */
unsigned script_holders(void);

/* nsc_guard_call() on script.call, with errno SCRIPT_ERRNO before. */
long script_run(const struct step *steps, size_t count);

#endif
