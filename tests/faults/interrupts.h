/* SPDX-License-Identifier: MIT */
/* What may happen in front of a system call of a repair, and how a case of it is played. */
#ifndef NSC_FAULTS_INTERRUPTS_H
#define NSC_FAULTS_INTERRUPTS_H

#include <signal.h>
#include <stdbool.h>

struct interruption {
	const char *name;
	void (*handler)(int); /* of SIGUSR1, which is raised in front of the call; NULL for none */
	const char *(*play)(unsigned nth); /* NULL, or what is wrong */
	bool alone; /* in a process of one thread that is no fork: others are rewound by auto */
	bool waits; /* its wait is over before its connection is made (EINTR), and it is not to wait
		       again */
};

/* Those that raise a signal; those that end the thread or the process. Each list ends with a name
 * of NULL. */
extern const struct interruption interruptions_by_signal[], interruptions_that_end[];

/* The one that is played, and the descriptor that is given to it. */
extern const struct interruption *interruption;
extern int interrupted_fd;

/* A case: `before` is called in front of the `nth` call of what follows, up to seam_end(). */
void interrupts_begin(unsigned nth, void (*before)(void));

/* connect(2) to oneself, through the door. */
int interrupts_call(int fd);

/* Is a socket there that a program can have been given? */
bool interrupts_sound(int fd);

/* When the descriptor is closed: NULL, or what is left that was not among the `descriptors` open
 * before. */
const char *interrupts_end(int descriptors);

#endif
