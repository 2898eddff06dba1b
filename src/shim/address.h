/* SPDX-License-Identifier: MIT */
/* An IPv4 or IPv6 socket address: copied out of the caller's memory, compared, asked. */
#ifndef NSC_ADDRESS_H
#define NSC_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

union nsc_address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

/*
 * Copies `from`, `length` bytes in the caller's memory, into `to`. The kernel must have read that
 * memory without error before. Returns false, and leaves `to` as it is, for anything but an AF_INET
 * address of 16 bytes or an AF_INET6 address of 24 (SIN6_LEN_RFC2133: connect(2) takes those
 * without a scope) and more.
 */
bool nsc_address_copy(union nsc_address *to, const struct sockaddr *from, socklen_t length);

/* SIN6_LEN_RFC2133 in the kernel, which takes such an address as one without a scope. */
enum { NSC_IN6_SIZE_WITHOUT_SCOPE = offsetof(struct sockaddr_in6, sin6_scope_id) };

/*
 * The port of such an address, in host byte order, straight from the caller's memory; -1 for what
 * nsc_address_copy() does not take.
 */
static inline int nsc_address_port_in(const struct sockaddr *from, socklen_t length)
{
	sa_family_t family;
	in_port_t port;

	if (length < sizeof(struct sockaddr_in))
		return -1;
	memcpy(&family, from, sizeof family);
	if (family != AF_INET && (family != AF_INET6 || length < NSC_IN6_SIZE_WITHOUT_SCOPE))
		return -1;
	/* sin_port and sin6_port lie at the same place. */
	memcpy(&port, (const char *)from + offsetof(struct sockaddr_in, sin_port), sizeof port);
	return ntohs(port);
}

/* The port, in host byte order. */
unsigned nsc_address_port(const union nsc_address *address);

/* Sets the port to 0, "the kernel chooses" of bind(2). */
void nsc_address_clear_port(union nsc_address *address);

/* The size of the sockaddr of this family, for the calls that take one. */
socklen_t nsc_address_size(const union nsc_address *address);

/* 0.0.0.0, :: or ::ffff:0.0.0.0: as a destination Linux takes them for "my own source address". */
bool nsc_address_is_wildcard(const union nsc_address *address);

/*
 * Same family, port and address. Scopes count where both have one: a destination without a scope
 * means the interface that the socket is bound to (ipv6(7)).
 */
bool nsc_address_equal(const union nsc_address *a, const union nsc_address *b);

#endif
