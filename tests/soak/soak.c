/* SPDX-License-Identifier: MIT */
/*
 * Connects to a port in every way, very often, and accounts for each connection. scripts/soak runs
 * it under the shim.
 *
 *   soak hits COUNT [THREADS]         nobody listens: every connection must be refused
 *   soak signals COUNT [THREADS]      the same, while signals interrupt the calls
 *   soak serve COUNT 1 FILE           a server that comes and goes
 *   soak ask COUNT THREADS FILE       its clients
 *
 * Prints a line of KEY=VALUE pairs. Exits 1 where a program would have noticed the shim or a
 * self-connection.
 */
#include "soak.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "self_connected.h"

static unsigned long share, connects, refused, seen, other;

void soak_need(bool fine, const char *what)
{
	if (fine)
		return;
	fprintf(stderr, "soak: %s: %s\n", what, strerror(errno));
	exit(99);
}

unsigned long soak_add(unsigned long *counter, unsigned long number)
{
	return __atomic_add_fetch(counter, number, __ATOMIC_SEQ_CST);
}

static ssize_t by_connect(int fd, struct msghdr *to)
{
	return connect(fd, to->msg_name, to->msg_namelen);
}

enum { FLAGS = MSG_FASTOPEN | MSG_NOSIGNAL };

static ssize_t by_sendto(int fd, struct msghdr *to)
{
	return sendto(fd, to->msg_iov->iov_base, to->msg_iov->iov_len, FLAGS, to->msg_name,
		      to->msg_namelen);
}

static ssize_t by_sendmsg(int fd, struct msghdr *to)
{
	return sendmsg(fd, to, FLAGS);
}

static ssize_t by_sendmmsg(int fd, struct msghdr *to)
{
	struct mmsghdr message = {.msg_hdr = *to};

	return sendmmsg(fd, &message, 1, FLAGS) == 1 ? (ssize_t)message.msg_len : -1;
}

static ssize_t (*const doors[])(int, struct msghdr *) = {by_connect, by_sendto, by_sendmsg,
							 by_sendmmsg};
static const char *const hosts[] = {"127.0.0.1", "0.0.0.0",          "::1",
				    "::",        "::ffff:127.0.0.1", "::ffff:0.0.0.0"};
enum { DOORS = sizeof doors / sizeof *doors, HOSTS = sizeof hosts / sizeof *hosts };

static socklen_t address_of(const char *host, struct sockaddr_in6 *address)
{
	struct sockaddr_in *in = (void *)address;

	memset(address, 0, sizeof *address);
	address->sin6_port = htons(SOAK_PORT); /* where sin_port is, too */
	address->sin6_family = strchr(host, ':') ? AF_INET6 : AF_INET;
	inet_pton(address->sin6_family, host,
		  address->sin6_family == AF_INET ? (void *)&in->sin_addr : &address->sin6_addr);
	return address->sin6_family == AF_INET ? sizeof *in : sizeof *address;
}

int soak_connect(int *fd, unsigned long way, void *data, size_t size, size_t *sent)
{
	int nonblocking = way / (DOORS * HOSTS) % 2 ? SOCK_NONBLOCK : 0, error;
	struct sockaddr_in6 address;
	struct iovec part = {data, size};
	struct msghdr to = {.msg_name = &address, .msg_iov = &part, .msg_iovlen = 1};
	socklen_t length = sizeof error;
	ssize_t result;

	to.msg_namelen = address_of(hosts[way / DOORS % HOSTS], &address);
	*fd = socket(address.sin6_family, SOCK_STREAM | SOCK_CLOEXEC | nonblocking, 0);
	soak_need(*fd >= 0, "socket");
	result = doors[way % DOORS](*fd, &to);
	*sent = result > 0 ? (size_t)result : 0;
	/* After EINTR the kernel goes on connecting, connect(2). With data in the SYN the call
	 * returns before the connection is made. */
	if (result < 0 && errno != EINPROGRESS && errno != EINTR)
		return errno;
	while (poll(&(struct pollfd){.fd = *fd, .events = POLLOUT}, 1, -1) < 0 && errno == EINTR)
		;
	return getsockopt(*fd, SOL_SOCKET, SO_ERROR, &error, &length) ? errno : error;
}

void soak_reset(int fd)
{
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
	close(fd);
}

void soak_alive(void)
{
	alarm(60);
}

static void connect_once(unsigned long way)
{
	char data[] = "a request";
	size_t sent;
	int fd, error = soak_connect(&fd, way, data, sizeof data, &sent);

	soak_add(error == ECONNREFUSED ? &refused : is_self_connected(fd) ? &seen : &other, 1);
	soak_reset(fd);
	if (soak_add(&connects, 1) % 1000 == 0)
		soak_alive();
}

static void *connect_often(void *first)
{
	for (unsigned long i = 0; i < share; i++)
		connect_once((unsigned long)first + i);
	return NULL;
}

void soak_in_threads(unsigned threads, void *(*work)(void *))
{
	pthread_t thread[SOAK_THREADS];

	for (unsigned long i = 1; i < threads; i++)
		soak_need(pthread_create(&thread[i], NULL, work, (void *)i) == 0, "a thread");
	work(NULL);
	for (unsigned i = 1; i < threads; i++)
		pthread_join(thread[i], NULL);
}

static void ignore(int signal)
{
	(void)signal;
}

/* One signal interrupts calls, the other restarts them. */
static void let_signals_come(void)
{
	struct itimerval often = {{0, 1000}, {0, 1000}};

	sigaction(SIGPROF, &(struct sigaction){.sa_handler = ignore}, NULL);
	sigaction(SIGVTALRM, &(struct sigaction){.sa_handler = ignore, .sa_flags = SA_RESTART},
		  NULL);
	setitimer(ITIMER_PROF, &often, NULL);
	setitimer(ITIMER_VIRTUAL, &often, NULL);
}

static int descriptors(void)
{
	int count = 0;

	for (int fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

/* Pages of data and stack, which the kernel counts exactly. */
static long memory(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	long pages = 0;

	soak_need(file && fscanf(file, "%*d %*d %*d %*d %*d %ld", &pages) == 1, "statm");
	fclose(file);
	return pages;
}

/* The first tenth is there for what libc and the kernel keep after a first use. */
static int hit(unsigned long count, unsigned threads)
{
	int before = descriptors(), leaked;
	long early;

	share = count / 10 / threads;
	soak_in_threads(threads, connect_often);
	early = memory();
	share = count / threads - share;
	soak_in_threads(threads, connect_often);
	leaked = descriptors() - before;
	printf("hits connects=%lu refused=%lu seen=%lu other=%lu descriptors=%d pages=%ld\n",
	       connects, refused, seen, other, leaked, memory() - early);
	return refused != connects || leaked;
}

int main(int count, char *argument[])
{
	const char *what = count > 2 ? argument[1] : "";
	unsigned long number = count > 2 ? strtoul(argument[2], NULL, 10) : 0;
	unsigned threads = count > 3 ? (unsigned)atoi(argument[3]) : 1;

	soak_need(number && threads && threads <= SOAK_THREADS, "wrong arguments");
	soak_alive();
	if (strcmp(what, "signals") == 0)
		let_signals_come();
	if (strcmp(what, "serve") == 0)
		return soak_serve(number, argument[4]);
	if (strcmp(what, "ask") == 0)
		return soak_ask(number, threads, argument[4]);
	return hit(number, threads);
}
