/* SPDX-License-Identifier: MIT */
/* Facts: which ports connect() and bind() choose, and which settings exclude a port. */
#include "facts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEAD = 50000 }; /* outside all ranges used here */

static int new_socket(void)
{
	return must(socket(AF_INET, SOCK_STREAM, 0), "socket");
}

static unsigned port_chosen_by_connect(unsigned destination)
{
	int fd = new_socket();
	unsigned port;

	fcntl(fd, F_SETFL, O_NONBLOCK);
	/*
	 * connect() fails at once but has chosen a port. The port is read before the refusal clears
	 * it.
	 */
	if (connect_to(fd, destination) == 0)
		must(-1, "a refusal");
	port = local_port(fd);
	close(fd);
	return port;
}

/* The distance between the ports of two consecutive connect() calls to the same destination. */
static void steps(void)
{
	enum { LOW = 40000, RANGE = 10000, TRIES = 3000 };
	unsigned smallest = RANGE, largest = 0, even = 0, before = 0;

	new_net(LOW, LOW + RANGE - 1);
	for (int i = 0; i < TRIES; i++) {
		unsigned port = port_chosen_by_connect(DEAD),
			 step = (port + RANGE - before) % RANGE;

		even += port % 2 == 0;
		if (i > 0 && step < smallest)
			smallest = step;
		if (i > 0 && step > largest)
			largest = step;
		before = port;
	}
	fact("connect(): ports of the low end's parity", "%u %%", even * 100 / TRIES);
	fact("connect(): steps between two ports", "%u to %u", smallest, largest);
}

static void attempts(void)
{
	enum { LOW = 40000, RANGE = 200, TRIES = 50000 };
	unsigned hits = 0;

	new_net(LOW, LOW + RANGE - 1);
	for (int i = 0; i < TRIES; i++) {
		int fd = new_socket();

		if (connect_to(fd, LOW + RANGE / 2) == 0) {
			hits++;
			tear_down(fd);
		}
		close(fd);
	}
	fact("connect(): turns of the range from one self-connection to the next", "%.1f",
	     hits ? TRIES * 1.0 / hits / RANGE : 0);
}

static void parity_of_bind(void)
{
	enum { LOW = 40000, TRIES = 1000 };
	unsigned odd = 0;

	new_net(LOW, LOW + 9999);
	for (int i = 0; i < TRIES; i++) {
		int fd = new_socket();

		must(-bind_to(fd, 0), "bind");
		odd += local_port(fd) % 2;
		close(fd);
	}
	fact("bind() to port 0: ports of the other parity", "%u %%", odd * 100 / TRIES);
}

/* The shim's holder is bound without SO_REUSEADDR and sets it afterwards. */
static void holding(void)
{
	int on = 1, fd, holder, server, chosen = 0;

	new_net(PORT, PORT + 1);
	fd = itself();
	must(-tear_down(fd), "tear down");
	holder = new_socket();
	fact("the port can be bound once it is torn down", "%s",
	     bind_to(holder, PORT) ? "no" : "yes");
	setsockopt(holder, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	for (int i = 0; i < 500; i++)
		chosen += port_chosen_by_connect(PORT) == PORT;
	fact("chosen for a connect() while it is held", "%d of 500", chosen);
	server = new_socket();
	setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	fact("a server with SO_REUSEADDR binds beside the holder", "%s",
	     bind_to(server, PORT) ? "no" : "yes");
	close(server);
	close(holder);
	close(fd);
}

static void own_port(void)
{
	int fd, other;

	new_net(PORT, PORT + 1);
	fd = new_socket();
	must(-bind_to(fd, PORT), "bind");
	if (connect_to(fd, PORT) || !is_itself(fd))
		must(-1, "a connection with itself");
	must(-tear_down(fd), "tear down");
	other = new_socket();
	fact("a bound port stays its owner's when torn down", "%s",
	     bind_to(other, PORT) ? "yes" : "no");
	fact("asked by bind() to port 0, its owner says", "%s", strerror(bind_to(fd, 0)));
	close(other);
	close(fd);
}

static void non_blocking(void)
{
	int established = 0, chosen = 0;

	new_net(PORT, PORT + 1);
	for (int i = 0; i < 500; i++) {
		int fd = new_socket();

		fcntl(fd, F_SETFL, O_NONBLOCK);
		connect_to(fd, PORT);
		chosen += local_port(fd) == PORT;
		established += is_itself(fd);
		tear_down(fd);
		close(fd);
	}
	fact("non-blocking: port known, connection made on return", "%d, %d of 500", chosen,
	     established);
}

void facts_of_ports(void)
{
	steps();
	attempts();
	parity_of_bind();
	holding();
	own_port();
	non_blocking();
}
