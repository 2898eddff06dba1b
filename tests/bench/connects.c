/* SPDX-License-Identifier: MIT */
/* Measures each kind of connect(). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "bench.h"

/* scripts/bench runs this in a network namespace whose ip_local_port_range is 40000..49999. */
enum { OUTSIDE = 80, INSIDE = 45001, DEAD = 81 };
enum { MANY = 1000 };

static struct sockaddr_in to;
static struct sockaddr_un to_local = {AF_UNIX, "\0noselfconn-bench"};
static int fds[BENCH_QUEUE], listener, one;

static void open_sockets(void)
{
	for (int i = 0; i < BENCH_QUEUE; i++)
		fds[i] = bench_try(socket(AF_INET, SOCK_STREAM, 0), "socket");
}

static void connect_sockets(const struct doors *doors, int calls)
{
	for (int i = 0; i < calls; i++)
		bench_try(doors->connect(fds[i], (struct sockaddr *)&to, sizeof to), "connect");
}

static void close_sockets(void)
{
	for (int i = 0; i < BENCH_QUEUE; i++)
		bench_reset(fds[i]);
}

static void reset_sockets(void)
{
	bench_drain(listener, BENCH_QUEUE);
	close_sockets();
}

static void be_refused(const struct doors *doors, int calls)
{
	for (int i = 0; i < calls; i++)
		if (doors->connect(fds[i], (struct sockaddr *)&to, sizeof to) == 0 ||
		    errno != ECONNREFUSED)
			bench_try(-1, "connect to a dead port");
}

static int listen_locally(void)
{
	int fd = bench_try(socket(AF_UNIX, SOCK_STREAM, 0), "socket");

	bench_try(bind(fd, (struct sockaddr *)&to_local, sizeof to_local), "bind");
	bench_try(listen(fd, BENCH_QUEUE + 1), "listen");
	return fd;
}

static void open_local_sockets(void)
{
	for (int i = 0; i < BENCH_QUEUE; i++)
		fds[i] = bench_try(socket(AF_UNIX, SOCK_STREAM, 0), "socket");
}

static void connect_local_sockets(const struct doors *doors, int calls)
{
	for (int i = 0; i < calls; i++)
		bench_try(doors->connect(fds[i], (struct sockaddr *)&to_local, sizeof to_local),
			  "connect");
}

static void connect_one(const struct doors *doors, int calls)
{
	for (int i = 0; i < calls; i++)
		bench_try(doors->connect(one, (struct sockaddr *)&to, sizeof to), "connect");
}

static void connect_none(const struct doors *doors, int calls)
{
	for (int i = 0; i < calls; i++)
		if (doors->connect(-1, (struct sockaddr *)&to, sizeof to) == 0 || errno != EBADF)
			bench_try(-1, "connect on a bad descriptor");
}

static void bench_tcp(const char *name, unsigned port)
{
	const struct measure measure = {name,         BENCH_QUEUE,     800,
					open_sockets, connect_sockets, reset_sockets};

	to = bench_loopback(port);
	listener = bench_listen(port);
	bench_pairs(&measure);
	close(listener);
}

static void bench_local(void)
{
	const struct measure measure = {"connect: AF_UNIX", BENCH_QUEUE,           800,
					open_local_sockets, connect_local_sockets, reset_sockets};

	listener = listen_locally();
	bench_pairs(&measure);
	close(listener);
}

static void bench_udp(const char *name, unsigned port)
{
	const struct measure measure = {name, MANY, 800, NULL, connect_one, NULL};

	one = bench_try(socket(AF_INET, SOCK_DGRAM, 0), "socket");
	to = bench_loopback(port);
	bench_pairs(&measure);
	close(one);
}

void bench_connects(void)
{
	const struct measure dead = {"connect: refused", BENCH_QUEUE, 800,
				     open_sockets,       be_refused,  close_sockets};
	const struct measure closed = {"connect: EBADF", MANY, 800, NULL, connect_none, NULL};

	bench_tcp("connect: outside the range", OUTSIDE);
	bench_tcp("connect: inside the range", INSIDE);
	bench_local();
	bench_udp("connect: UDP outside the range", OUTSIDE);
	bench_udp("connect: UDP inside the range", INSIDE);
	to = bench_loopback(DEAD);
	bench_pairs(&dead);
	bench_pairs(&closed);
}

static void exchange(int fd, int peer)
{
	char byte = 1;

	if (write(fd, &byte, 1) != 1 || read(peer, &byte, 1) != 1 || write(peer, &byte, 1) != 1 ||
	    read(fd, &byte, 1) != 1)
		bench_try(-1, "a byte each way");
	bench_reset(fd);
	close(peer);
}

static void make_requests(const struct doors *doors, int calls)
{
	for (int i = 0; i < calls; i++) {
		int fd = bench_try(socket(AF_INET, SOCK_STREAM, 0), "socket");

		bench_try(doors->connect(fd, (struct sockaddr *)&to, sizeof to), "connect");
		exchange(fd, bench_try(accept(listener, NULL, NULL), "accept"));
	}
}

/* With the address on the stack, as in most programs. */
static void make_local_requests(const struct doors *doors, int calls)
{
	struct sockaddr_un here = to_local;

	for (int i = 0; i < calls; i++) {
		int fd = bench_try(socket(AF_UNIX, SOCK_STREAM, 0), "socket");

		bench_try(doors->connect(fd, (struct sockaddr *)&here, sizeof here), "connect");
		exchange(fd, bench_try(accept(listener, NULL, NULL), "accept"));
	}
}

void bench_request(void)
{
	struct measure measure = {
		"request: outside the range", BENCH_QUEUE, 400, NULL, make_requests, NULL};

	to = bench_loopback(OUTSIDE);
	listener = bench_listen(OUTSIDE);
	bench_pairs(&measure);
	close(listener);
	measure.name = "request: inside the range";
	to = bench_loopback(INSIDE);
	listener = bench_listen(INSIDE);
	bench_pairs(&measure);
	close(listener);
	measure.name = "request: AF_UNIX";
	measure.run = make_local_requests;
	listener = listen_locally();
	bench_pairs(&measure);
	close(listener);
}
