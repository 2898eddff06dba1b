/* SPDX-License-Identifier: MIT */
/* An IPv4 or IPv6 socket address: copies it from the caller's memory, compares it. */
#include "address.h"

#include <string.h>

bool nsc_address_copy(union nsc_address *to, const struct sockaddr *from, socklen_t length)
{
	sa_family_t family;

	if (nsc_address_port_in(from, length) < 0)
		return false;
	memcpy(&family, from, sizeof family);
	if (family == AF_INET) {
		memcpy(&to->in, from, sizeof to->in);
		return true;
	}
	/* The kernel reads a scope only if the address has all of it (tcp_v6_connect()). */
	to->in6.sin6_scope_id = 0;
	memcpy(&to->in6, from,
	       length < sizeof to->in6 ? NSC_IN6_SIZE_WITHOUT_SCOPE : sizeof to->in6);
	return true;
}

unsigned nsc_address_port(const union nsc_address *address)
{
	/* sin_port and sin6_port have the same offset. */
	return be16toh(address->in.sin_port);
}

void nsc_address_clear_port(union nsc_address *address)
{
	address->in.sin_port = 0;
}

socklen_t nsc_address_size(const union nsc_address *address)
{
	return address->any.sa_family == AF_INET6 ? sizeof address->in6 : sizeof address->in;
}

bool nsc_address_is_wildcard(const union nsc_address *address)
{
	static const unsigned char none[16], mapped[16] = {[10] = 0xff, [11] = 0xff};
	const struct in6_addr *in6 = &address->in6.sin6_addr;

	if (address->any.sa_family == AF_INET)
		return address->in.sin_addr.s_addr == 0;
	return memcmp(in6, none, sizeof none) == 0 || memcmp(in6, mapped, sizeof mapped) == 0;
}

bool nsc_address_equal(const union nsc_address *a, const union nsc_address *b)
{
	if (a->any.sa_family != b->any.sa_family || a->in.sin_port != b->in.sin_port)
		return false;
	if (a->any.sa_family == AF_INET)
		return a->in.sin_addr.s_addr == b->in.sin_addr.s_addr;
	if (a->in6.sin6_scope_id && b->in6.sin6_scope_id &&
	    a->in6.sin6_scope_id != b->in6.sin6_scope_id)
		return false;
	return memcmp(&a->in6.sin6_addr, &b->in6.sin6_addr, sizeof a->in6.sin6_addr) == 0;
}
