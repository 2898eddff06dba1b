/* SPDX-License-Identifier: MIT */
/*
 * A server that comes and goes, and clients that ask it all the while. They share a file that says
 * whether the server is there, so each request has one right end: answered while the server is
 * there, refused while it is not. A request may end either way, or be cut off, only where the
 * server came or went during it.
 */
#include "soak.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* What the stage stands for, modulo 4. */
enum { DOWN, COMING, UP, GOING };

static struct {
	unsigned long stage, finished;
} * shared;

static unsigned long share, answered, refused, cut, wrong;

/* An echo of the request would lack the greeting. */
static const char request[] = "a request", answer[] = "the server's answer";

static void share_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	soak_need(fd >= 0 && ftruncate(fd, sizeof *shared) == 0, path);
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	soak_need(shared != MAP_FAILED, "mmap");
	close(fd);
}

static bool receive(int fd, const char *expected, size_t size)
{
	char text[64];
	size_t have = 0;

	while (have < size) {
		ssize_t some;

		poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, -1);
		some = recv(fd, text + have, sizeof text - have, 0);
		if (some <= 0)
			return false;
		have += (size_t)some;
	}
	return have == size && memcmp(text, expected, size) == 0;
}

/* The client closes first, by RST, and no TIME_WAIT is left. */
static void serve_one(int client)
{
	char rest;

	if (receive(client, request, sizeof request) &&
	    send(client, answer, sizeof answer, MSG_NOSIGNAL) == sizeof answer)
		answered++;
	recv(client, &rest, 1, 0);
	soak_reset(client);
}

/* Without SO_REUSEADDR: a TIME_WAIT in its way would keep the server out until the alarm. */
static int come(unsigned long *busy)
{
	struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons(SOAK_PORT)};
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct timeval moment = {0, 100000};

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &moment, sizeof moment);
	for (; bind(fd, (struct sockaddr *)&any, sizeof any); ++*busy)
		soak_need(errno == EADDRINUSE && sched_yield() == 0, "bind");
	soak_need(listen(fd, 128) == 0, "listen");
	return fd;
}

int soak_serve(unsigned long requests, const char *file)
{
	unsigned long rounds = 0, busy = 0, end = 0;

	share_file(file);
	while (shared->finished < requests) {
		int fd, client;

		soak_alive();
		rounds++;
		soak_add(&shared->stage, 1);
		fd = come(&busy);
		soak_add(&shared->stage, 1);
		for (end = shared->finished + 200;
		     shared->finished < end && shared->finished < requests;)
			if ((client = accept4(fd, NULL, NULL, SOCK_CLOEXEC)) >= 0)
				serve_one(client);
		soak_add(&shared->stage, 1);
		close(fd);
		soak_add(&shared->stage, 1);
		for (end = shared->finished + 200;
		     shared->finished < end && shared->finished < requests;)
			sched_yield();
	}
	printf("served rounds=%lu replies=%lu busy=%lu\n", rounds, answered, busy);
	return rounds < 2;
}

static void ask_once(unsigned long way)
{
	unsigned long before = soak_add(&shared->stage, 0), after;
	char data[sizeof request];
	size_t sent;
	bool well;
	int fd, error;

	memcpy(data, request, sizeof data);
	error = soak_connect(&fd, way, data, sizeof data, &sent);
	well = error == 0 &&
	       send(fd, data + sent, sizeof data - sent, MSG_NOSIGNAL) ==
		       (ssize_t)(sizeof data - sent) &&
	       receive(fd, answer, sizeof answer);
	soak_reset(fd);
	after = soak_add(&shared->stage, 0);
	soak_add(well ? &answered : error == ECONNREFUSED ? &refused : &cut, 1);
	if (before == after &&
	    (before % 4 == UP ? !well : before % 4 == DOWN && error != ECONNREFUSED))
		soak_add(&wrong, 1);
	soak_add(&shared->finished, 1);
	soak_alive();
	/* A refusal takes so little time that the server would hardly get a processor. */
	if (error == ECONNREFUSED)
		usleep(200);
}

static void *ask_often(void *first)
{
	for (unsigned long i = 0; i < share; i++)
		ask_once((unsigned long)first + i);
	return NULL;
}

int soak_ask(unsigned long requests, unsigned threads, const char *file)
{
	share_file(file);
	share = requests / threads;
	soak_in_threads(threads, ask_often);
	printf("asked requests=%lu answered=%lu refused=%lu cut=%lu wrong=%lu\n", share * threads,
	       answered, refused, cut, wrong);
	return wrong != 0;
}
