/* SPDX-License-Identifier: MIT */
/* An IPv4 or IPv6 socket address: copies it from the caller's memory, compares it. */
#ifndef NSC_ADDRESS_H
#define NSC_ADDRESS_H

#include <endian.h> /* musl has no inline ntohs() */
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
 * Copies an address of `length` bytes from the caller's memory into `to`. The kernel must have read
 * that memory without an error before. Takes an AF_INET address of 16 bytes or more, and an
 * AF_INET6 address of 24 bytes or more. Otherwise returns false and leaves `to` unchanged.
 */
bool nsc_address_copy(union nsc_address *to, const struct sockaddr *from, socklen_t length);

/* SIN6_LEN_RFC2133 in the kernel: connect(2) accepts an IPv6 address that ends before its scope. */
enum { NSC_IN6_SIZE_WITHOUT_SCOPE = offsetof(struct sockaddr_in6, sin6_scope_id) };

/* Returns the port in host byte order, read from the caller's memory like nsc_address_copy(). -1
 * for an address that nsc_address_copy() does not take. */
static inline int nsc_address_port_in(const struct sockaddr *from, socklen_t length)
{
	sa_family_t family;
	in_port_t port;

	if (length < sizeof(struct sockaddr_in))
		return -1;
	memcpy(&family, from, sizeof family);
	if (family != AF_INET && (family != AF_INET6 || length < NSC_IN6_SIZE_WITHOUT_SCOPE))
		return -1;
	/* sin_port and sin6_port have the same offset. */
	memcpy(&port, (const char *)from + offsetof(struct sockaddr_in, sin_port), sizeof port);
	return be16toh(port);
}

/* Returns the port in host byte order. */
unsigned nsc_address_port(const union nsc_address *address);

/* Sets the port to 0, with which bind(2) has the kernel choose one. */
void nsc_address_clear_port(union nsc_address *address);

/* Returns the size in bytes of the sockaddr of this family. */
socklen_t nsc_address_size(const union nsc_address *address);

/* Whether it is 0.0.0.0, :: or ::ffff:0.0.0.0. As a destination, Linux replaces them by the
 * socket's own address. */
bool nsc_address_is_wildcard(const union nsc_address *address);

/*
 * Whether family, port and address are the same. Scopes are compared only if both have one, because
 * a destination without a scope means the interface that the socket is bound to (ipv6(7)).
 */
bool nsc_address_equal(const union nsc_address *a, const union nsc_address *b);

#endif
