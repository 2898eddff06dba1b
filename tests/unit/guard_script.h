/* SPDX-License-Identifier: MIT */
/* A guarded call with scripted outcomes, on a fake kernel in which every repair succeeds. */
#ifndef NSC_TESTS_GUARD_SCRIPT_H
#define NSC_TESTS_GUARD_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#include "guard.h"

/* Only glibc registers handlers that a cancelled call runs (cleanup.h). */
#ifdef __GLIBC__
enum { SCRIPT_CAN_BE_CANCELLED = true };
#else
enum { SCRIPT_CAN_BE_CANCELLED = false };
#endif
#define SCRIPT_NO_HANDLERS "this libc has no function that registers a handler"

enum { SCRIPT_FD = 7, SCRIPT_HOLDER = 800, SCRIPT_ERRNO = 4711 };

/* The outcome of one call; the last step of a script repeats for ever. */
struct step {
	long result; /* or -errno */
	bool itself; /* 127.0.0.1:40000 is both ends; otherwise the local port is `local_port` */
	unsigned local_port;
};

struct script {
	struct nsc_call call;
	const struct sockaddr *address; /* 127.0.0.1:40000 */
	socklen_t length;
	int flags;                 /* the descriptor's, as for F_GETFL: O_RDWR */
	unsigned made;             /* how often the call has been made */
	void (*before_make)(void); /* or NULL */
	char log[32768];           /* what has been logged */
};

extern struct script script;

/*
 * Installs a fake socket and kernel. Every port is in the range, every socket() returns
 * SCRIPT_HOLDER, binding and tearing down succeed, and log lines go to script.log. Repairs rewind;
 * other tests show replacing.
 */
void script_install(void);

/* Returns the number of holders made. Fails if one of them is still open. */
unsigned script_holders(void);

/* Runs nsc_guard_call() on script.call with errno set to SCRIPT_ERRNO. */
long script_run(const struct step *steps, size_t count);

#endif
