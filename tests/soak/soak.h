/* SPDX-License-Identifier: MIT */
/* The soak: very many connections to one port, each of them accounted for. */
#ifndef NSC_TESTS_SOAK_H
#define NSC_TESTS_SOAK_H

#include <stdbool.h>
#include <stddef.h>

enum { SOAK_PORT = 40000, SOAK_THREADS = 16 };

/* Ends the program where the soak itself cannot work. */
void soak_need(bool fine, const char *what);

/* Adds to a counter that threads and processes share; returns the sum. */
unsigned long soak_add(unsigned long *counter, unsigned long number);

/*
 * Connects a new socket to SOAK_PORT: every number is a way, of entry point, address and blocking
 * mode. Entry points that send take `data` along, and `sent` is how much of it went. Returns 0 or
 * the errno of connecting.
 */
int soak_connect(int *fd, unsigned long way, void *data, size_t size, size_t *sent);

/* Closes by RST, which leaves no TIME_WAIT. */
void soak_reset(int fd);

/* Starts another 60 seconds, after which the kernel kills the process: a call hangs then. */
void soak_alive(void);

/* Calls work() in so many threads, of which this is one, with the thread's number. */
void soak_in_threads(unsigned threads, void *(*work)(void *));

/* A server that comes and goes for `requests` requests, and a client that makes them. */
int soak_serve(unsigned long requests, const char *file);
int soak_ask(unsigned long requests, unsigned threads, const char *file);

#endif
