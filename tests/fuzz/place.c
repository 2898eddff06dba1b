/* SPDX-License-Identifier: MIT */
/* Equal network namespaces in which the kernel's choice of a port is fixed. */
#include "place.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "netns.h"
#include "program.h"

/* From linux/ipv6.h, which conflicts with libc's headers. */
struct in6_ifreq {
	struct in6_addr address;
	uint32_t prefix;
	int interface;
};

static int must(int result, const char *what)
{
	if (result >= 0)
		return result;
	fprintf(stderr, "fuzz: %s: %s\n", what, strerror(errno));
	exit(2);
}

int fuzz_put_away(int fd)
{
	int away = must(fcntl(fd, F_DUPFD_CLOEXEC, FUZZ_HARNESS), "fcntl");

	close(fd);
	return away;
}

static bool is_ready(struct sockaddr_in6 to)
{
	struct sockaddr_in6 from = {.sin6_family = AF_UNSPEC};
	socklen_t length = sizeof from;
	int fd = must(socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
	bool ready = connect(fd, (const struct sockaddr *)&to, sizeof to) == 0 &&
		     getsockname(fd, (struct sockaddr *)&from, &length) == 0 &&
		     memcmp(&from.sin6_addr, &to.sin6_addr, sizeof to.sin6_addr) == 0;

	close(fd);
	return ready;
}

/* A kernel worker enables an IPv6 address some time after it was added. */
static void wait_for(const char *address)
{
	static const struct timespec a_moment = {0, 50000};
	struct sockaddr_in6 to = {
		.sin6_family = AF_INET6, .sin6_port = htons(1), .sin6_scope_id = 1};

	inet_pton(AF_INET6, address, &to.sin6_addr);
	while (!is_ready(to))
		nanosleep(&a_moment, NULL);
}

/* Loopback is already up. */
static void add_link_local(void)
{
	struct in6_ifreq link_local = {.prefix = 64, .interface = 1};
	int fd = must(socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");

	inet_pton(AF_INET6, "fe80::1", &link_local.address);
	must(ioctl(fd, SIOCSIFADDR, &link_local), "fe80::1");
	close(fd);
	wait_for("::1");
	wait_for("fe80::1");
}

/*
 * connect() prefers the lower of the two TCP ports, bind() to port 0 the upper. UDP would choose at
 * random, so only one UDP port is left free.
 */
static int leave_one_udp_port(void)
{
	struct sockaddr_in6 upper = {.sin6_family = AF_INET6, .sin6_port = htons(FUZZ_HIGH)};
	int fd = fuzz_put_away(must(socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket"));

	must(bind(fd, (const struct sockaddr *)&upper, sizeof upper), "bind");
	return fd;
}

void fuzz_place_make(struct fuzz_place *place)
{
	if (place->namespace >= 0) {
		close(place->namespace);
		close(place->udp);
	}
	must(netns_make(FUZZ_LOW, FUZZ_HIGH) ? 0 : -1, "a network namespace");
	/* ICMP refusals must not depend on how many were sent in the last second. */
	netns_set("ipv4/icmp_ratemask", "0");
	netns_set("ipv6/icmp/ratelimit", "0");
	add_link_local();
	place->udp = leave_one_udp_port();
	place->namespace = fuzz_put_away(
		must(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC), "its namespace"));
}

void fuzz_place_enter(const struct fuzz_place *place)
{
	must(setns(place->namespace, CLONE_NEWNET), "setns");
}

static bool is_taken(uint16_t port)
{
	struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	int fd = must(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
	bool taken = bind(fd, (const struct sockaddr *)&any, sizeof any) != 0;

	close(fd);
	return taken;
}

unsigned fuzz_place_taken(bool all)
{
	static const uint16_t port[] = {FUZZ_LOW, FUZZ_HIGH, FUZZ_LOW - 1, FUZZ_HIGH + 1, 1};
	unsigned taken = 0;

	for (unsigned i = 0; i < (all ? sizeof port / sizeof *port : 2); i++)
		taken |= (unsigned)is_taken(port[i]) << i;
	return taken;
}
