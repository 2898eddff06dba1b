/* SPDX-License-Identifier: MIT */
/* The soak's server: it comes and goes, and must be able to come back at once. */
#include "soak.h"
#include "soak_traffic.h"

#include <errno.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { TIME_WAIT = 6, BACKLOG = 64, PERIOD = 150 };

static struct shared *shared;

static void next_stage(void)
{
	__atomic_add_fetch(&shared->stage, 1, __ATOMIC_SEQ_CST);
}

static unsigned long finished(void)
{
	return __atomic_load_n(&shared->finished, __ATOMIC_SEQ_CST);
}

static struct {
	unsigned long total, rounds, answered, odd, busy, busy_rounds, longest, blocked;
} server;

/*
 * Without SO_REUSEADDR, and for both families: any socket on the port is in its way. A client's
 * that is there for the moment, because the kernel chose that port for it, is the kernel's doing; a
 * TIME_WAIT is not.
 */
static int bind_at_once(void)
{
	struct sockaddr_in6 at = {.sin6_family = AF_INET6, .sin6_port = htons(SOAK_PORT)};
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), no = 0;
	unsigned long tries = 0;

	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
	while (bind(fd, (struct sockaddr *)&at, sizeof at)) {
		if (errno != EADDRINUSE)
			soak_die("bind");
		tries++;
		server.blocked += soak_sockets(SOAK_PORT, TIME_WAIT) > 0;
		sched_yield();
	}
	server.busy += tries;
	server.busy_rounds += tries > 0;
	server.longest = tries > server.longest ? tries : server.longest;
	return fd;
}

/* One request; then the client breaks off: the server is not to make a TIME_WAIT of its own. */
static void answer(int client)
{
	struct timeval patience = {SOAK_PATIENCE_S, 0};
	char text[ANSWER];

	memcpy(text, soak_greeting, GREETING);
	setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	if (recv(client, text + GREETING, REQUEST, MSG_WAITALL) == REQUEST &&
	    send(client, text, ANSWER, MSG_NOSIGNAL) == ANSWER)
		server.answered++;
	else
		server.odd++;
	/* A request that was sent twice would show here. */
	server.odd += recv(client, text, 1, 0) > 0;
	soak_reset(client);
}

static int listen_on(int fd)
{
	struct timeval moment = {0, 100000};

	/* accept() has to come back when nobody asks any more. */
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &moment, sizeof moment);
	return listen(fd, BACKLOG);
}

static void be_there_for(unsigned long requests)
{
	unsigned long end;
	int fd = bind_at_once(), client;

	if (listen_on(fd))
		soak_die("listen");
	next_stage();
	for (end = finished() + requests; finished() < end && finished() < server.total;) {
		client = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
		if (client >= 0)
			answer(client);
		else if (errno != EAGAIN)
			soak_die("accept");
	}
	next_stage();
	close(fd);
}

int soak_serve(const char *file, unsigned long total)
{
	unsigned long requests, end;
	timer_t patience;

	server.total = total;
	shared = soak_share(file);
	patience = soak_patience();
	while (finished() < total) {
		requests = PERIOD + server.rounds++ * 37 % PERIOD;
		next_stage();
		be_there_for(requests);
		next_stage();
		soak_patience_renew(patience);
		for (end = finished() + requests; finished() < end && finished() < total;)
			sched_yield();
		soak_patience_renew(patience);
	}
	soak_say("served rounds=%lu answered=%lu odd=%lu busy=%lu busy_rounds=%lu longest=%lu "
		 "blocked=%lu left=%d\n",
		 server.rounds, server.answered, server.odd, server.busy, server.busy_rounds,
		 server.longest, server.blocked, soak_sockets(0, 0));
	return 0;
}
