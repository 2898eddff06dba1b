/* SPDX-License-Identifier: MIT */
/* One guarded call: made, judged, repaired, made again, at most NOSELFCONN_RETRIES times. */
#ifndef NSC_GUARD_H
#define NSC_GUARD_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "address.h"
#include "ephemeral.h"
#include "settings.h"

/* A call that connects. Whoever has more arguments embeds it as the first member of their own
 * struct. */
struct nsc_call {
	/* Makes the call: returns a result, or -1 and errno. */
	long (*make)(const struct nsc_call *call);
	/* Where to, in the caller's memory, and its length in bytes. nsc_guard() asks, once the
	 * kernel has read it. */
	const struct sockaddr *(*destination)(const struct nsc_call *call, socklen_t *length);
	int fd;
};

/*
 * Makes the call and returns what it returns, errno included: after a success errno is what it was
 * before. Where the socket turns out to be connected to itself, by a port that the kernel chose,
 * that is undone and the call made again; likewise when the kernel found no port (EADDRNOTAVAIL).
 * When the retries are used up the caller gets what the kernel gave (NOSELFCONN_GIVE_UP=relent), or
 * -1 and ECONNREFUSED (refuse).
 */
long nsc_guard(const struct nsc_call *call);

/*
 * The same in two steps, for connect(): first whether a call to `destination` that returned
 * `result`, or -1 and errno, can have found itself or, for EADDRNOTAVAIL, no port. No system call,
 * but for a look at the range once in a second; errno stays. Inlined into the door: each function
 * that stays on the stack across the system call costs every connect() some 10 ns, most likely by
 * its return being mispredicted (doc/PERFORMANCE.md).
 */
static inline bool nsc_guard_concerns(long result, const struct sockaddr *destination,
				      socklen_t length);

/*
 * Whether it is known before the call that it is none to judge: the destination's family is
 * another. Only where the address lies in the page of `frame`, the caller's
 * __builtin_frame_address(0), as most Unix sockets' do: any other may not be readable, and is the
 * kernel's to refuse (EFAULT).
 */
static inline bool nsc_guard_is_none_of_ours(const struct sockaddr *destination, const void *frame);

/* Then, only where that is true, the rest. `result` and errno are those of the call, `before` errno
 * before it. */
long nsc_guard_made(const struct nsc_call *call, const struct sockaddr *destination,
		    socklen_t length, long result, int before);

/* Errors, or 0 for none, with which a socket can be connected to itself, or be about to. */
static inline bool nsc_guard_may_be_itself(int error)
{
	return error == 0 || error == EINPROGRESS || error == EINTR;
}

/* Results that are to be judged: the kernel has read the destination then. */
static inline bool nsc_guard_has_read(long result)
{
	return nsc_guard_may_be_itself(result < 0 ? errno : 0) || errno == EADDRNOTAVAIL;
}

static inline bool nsc_guard_concerns(long result, const struct sockaddr *destination,
				      socklen_t length)
{
	int port;

	if (!nsc_guard_has_read(result))
		return false;
	port = nsc_address_port_in(destination, length);
	if (port < 0 || nsc_settings.disabled)
		return false;
	return (result < 0 && errno == EADDRNOTAVAIL) || nsc_ephemeral((unsigned)port);
}

static inline bool nsc_guard_is_none_of_ours(const struct sockaddr *destination, const void *frame)
{
	enum { SMALLEST_PAGE = 4096 };
	uintptr_t at = (uintptr_t)destination;
	sa_family_t family;

	/* At an even address: both bytes are in that page. Where the length says that they are
	 * none, the kernel says EINVAL. */
	if ((at ^ (uintptr_t)frame) >= SMALLEST_PAGE || at % sizeof family != 0)
		return false;
	memcpy(&family, destination, sizeof family);
	return family != AF_INET && family != AF_INET6;
}

#endif
