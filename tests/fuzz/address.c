/* SPDX-License-Identifier: MIT */
/* Valid and invalid addresses, as callers pass them. */
#include <arpa/inet.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <string.h>
#include <sys/un.h>

#include "program.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static in_port_t port_of(uint8_t seed)
{
	/* The first two are in the range, and connect() tries the lower one first. */
	static const uint16_t port[] = {FUZZ_LOW,  FUZZ_LOW,     FUZZ_LOW,      FUZZ_LOW,
					FUZZ_LOW,  FUZZ_LOW,     FUZZ_LOW,      FUZZ_HIGH,
					FUZZ_HIGH, FUZZ_HIGH,    FUZZ_HIGH,     0,
					0,         FUZZ_LOW - 1, FUZZ_HIGH + 1, 1};

	return htons(port[seed % COUNT(port)]);
}

static unsigned make_in(uint8_t *bytes, uint8_t host, uint8_t port)
{
	static const char *const name[] = {
		"127.0.0.1", "127.0.0.1", "127.0.0.1",       "127.0.0.1", "127.0.0.1", "127.0.0.1",
		"127.0.0.1", "127.0.0.1", "0.0.0.0",         "0.0.0.0",   "127.0.0.2", "127.0.0.2",
		"192.0.2.1", "224.0.0.1", "255.255.255.255", "127.0.0.1"};
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = port_of(port)};

	inet_pton(AF_INET, name[host % COUNT(name)], &in.sin_addr);
	memcpy(bytes, &in, sizeof in);
	return sizeof in;
}

static unsigned make_in6(uint8_t *bytes, uint8_t host, uint8_t port)
{
	static const struct {
		const char *name;
		uint32_t scope;
	} hosts[] = {{"::1", 0},
		     {"::1", 0},
		     {"::1", 0},
		     {"::1", 0},
		     {"::1", 0},
		     {"::", 0},
		     {"::", 0},
		     {"::ffff:127.0.0.1", 0},
		     {"::ffff:127.0.0.1", 0},
		     {"::ffff:127.0.0.2", 0},
		     {"::ffff:0.0.0.0", 0},
		     {"fe80::1", 1},
		     {"fe80::1", 1},
		     {"fe80::1", 0},
		     {"fe80::1", 99},
		     {"::1", 1},
		     {"::2", 0},
		     {"ff02::1", 1}};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = port_of(port)};

	inet_pton(AF_INET6, hosts[host % COUNT(hosts)].name, &in6.sin6_addr);
	in6.sin6_scope_id = hosts[host % COUNT(hosts)].scope;
	memcpy(bytes, &in6, sizeof in6);
	return sizeof in6;
}

/*
 * An abstract name belongs to a network namespace. The others name files that are not sockets or do
 * not exist.
 */
static unsigned make_un(uint8_t *bytes, uint8_t which)
{
	static const char name[][16] = {"\0nsc-fuzz-a", "\0nsc-fuzz-a",   "\0nsc-fuzz-b",
					"/dev/null",    "/nonexistent/x", ""};
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	const char *wanted = name[which % COUNT(name)];
	size_t size = *wanted ? strlen(wanted) + 1 : 0;

	if (wanted[0] == 0 && wanted[1])
		size = sizeof "\0nsc-fuzz-a" - 1;
	memcpy(un.sun_path, wanted, sizeof *name);
	memcpy(bytes, &un, FUZZ_ADDRESS < sizeof un ? FUZZ_ADDRESS : sizeof un);
	return (unsigned)(offsetof(struct sockaddr_un, sun_path) + size);
}

static unsigned make_netlink(uint8_t *bytes, uint8_t which)
{
	struct sockaddr_nl nl = {.nl_family = AF_NETLINK, .nl_pid = which % 3};

	memcpy(bytes, &nl, sizeof nl);
	return sizeof nl;
}

static unsigned make(uint8_t *bytes, const uint8_t *seed, int family)
{
	switch (family) {
	case AF_INET6:
		return make_in6(bytes, seed[0], seed[1]);
	case AF_UNIX:
		return make_un(bytes, seed[0]);
	case AF_NETLINK:
		return make_netlink(bytes, seed[0]);
	default:
		return make_in(bytes, seed[0], seed[1]);
	}
}

static int family_for(uint8_t seed, int fits)
{
	static const int family[] = {AF_INET, AF_INET6, AF_UNIX, AF_NETLINK};

	return seed % 8 ? fits : family[seed / 8 % COUNT(family)];
}

static socklen_t length_for(uint8_t seed, unsigned exact)
{
	const int odd[] = {
		0,   1,  2,  15, (int)exact - 1, (int)exact + 1, 24, 27, 32, 110, 127, 128,
		129, -1, 16, 28};

	return (socklen_t)(seed < 0xe0 ? (int)exact : odd[seed % COUNT(odd)]);
}

void fuzz_address_make(struct fuzz_address *address, const uint8_t *seed, int family)
{
	static const enum fuzz_pointer bad[] = {FUZZ_NULL, FUZZ_UNMAPPED, FUZZ_READ_ONLY,
						FUZZ_READ_ONLY};
	unsigned exact;

	memset(address, 0, sizeof *address);
	exact = make(address->bytes, seed,
		     family_for((uint8_t)(seed[0] >> 5 | (seed[1] & 0xf8)), family));
	if (seed[1] >= 0xf0)
		memset(address->bytes, seed[1] % 4 == 3 ? 0xff : 0,
		       sizeof(sa_family_t)); /* no family, or AF_UNSPEC */
	address->length = length_for(seed[2], exact);
	address->size = address->length <= FUZZ_ADDRESS ? address->length : FUZZ_ADDRESS;
	address->pointer = seed[2] % 32 == 31 ? bad[seed[2] / 32 % COUNT(bad)] : FUZZ_GOOD;
}

int fuzz_address_port(const struct fuzz_address *address)
{
	struct sockaddr_in in;

	memcpy(&in, address->bytes, sizeof in);
	if (address->size < sizeof in || (in.sin_family != AF_INET && in.sin_family != AF_INET6))
		return -1;
	return ntohs(in.sin_port);
}
