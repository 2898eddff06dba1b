/* SPDX-License-Identifier: MIT */
/* Interruptions before a system call of a repair, and what must hold afterwards. */
#ifndef NSC_FAULTS_INTERRUPTS_H
#define NSC_FAULTS_INTERRUPTS_H

#include <stdbool.h>

struct interruption {
	const char *name;
	void (*before)(void);                          /* runs before the call */
	void (*handler)(int);                          /* of SIGUSR1, or NULL */
	int (*call)(void);                             /* connects; returns 0 or errno */
	const char *(*judge)(unsigned nth, int error); /* returns NULL or an error message */
	bool alone;  /* for single-threaded processes only: auto rewinds in others */
	bool waited; /* a signal ended the wait before the connection was made (EINTR) */
};

enum { INTERRUPTS_ELSEWHERE = 30000 }; /* a port with a server */

extern const struct interruption interruptions[];
extern const unsigned interruption_count;

/* The current interruption, and the socket that connects to itself. */
extern const struct interruption *interruption;
extern int interrupted_fd;

/* Call before each case. */
void interrupts_reset(void);

/* Connects the socket to itself through the shim. Returns 0 or errno. */
int interrupts_connect(void);

#endif
