/* SPDX-License-Identifier: MIT */
/*
 * The soak's traffic: a server that comes and goes on a port, and clients that ask it all the
 * while. All of them share a file as memory. It says whether the server is there, so that for each
 * request it is known what may become of it: answered by the server if there was one all along,
 * refused if there was none. Only one that the server's coming or going fell into may be either, or
 * cut off by the server's end.
 */
#ifndef NSC_TESTS_SOAK_TRAFFIC_H
#define NSC_TESTS_SOAK_TRAFFIC_H

/* What `stage` stands for, modulo STAGES. */
enum { DOWN, COMING, UP, GOING, STAGES };

struct shared {
	unsigned long stage, finished; /* requests that have come to an end */
};

struct shared *soak_share(const char *file);

/* A server's answer is its greeting and the request; an echo is the request alone. */
enum { REQUEST = 24, GREETING = 8, ANSWER = GREETING + REQUEST };
extern const char soak_greeting[GREETING + 1];

#endif
