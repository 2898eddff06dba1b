/* SPDX-License-Identifier: MIT */
/* Guards one call that connects: judges its result, repairs a self-connection, calls again. */
#ifndef NSC_GUARD_H
#define NSC_GUARD_H

#include <stdbool.h>
#include <sys/socket.h>

#include "address.h"
#include "call.h"
#include "ephemeral.h"
#include "imports.h"
#include "settings.h"

/*
 * Instead of the call: makes it, or prevents a self-connection (NOSELFCONN_METHOD=prevent), and
 * guards it. Returns what the call returns, errno included; after a success errno is what it was
 * before.
 *
 * A connection of the socket with itself, on a port that the kernel chose, is undone and the call
 * made again. After NOSELFCONN_RETRIES retries the caller gets the self-connection
 * (NOSELFCONN_GIVE_UP=relent), or -1 and ECONNREFUSED (refuse).
 *
 * A call for which the kernel found no port (EADDRNOTAVAIL) is made again once, unless there are no
 * retries. If that connects the socket to itself and the retries are used up, it is undone and the
 * caller gets -1 and EADDRNOTAVAIL, as without us.
 */
long nsc_guard_call(const struct nsc_call *call);

/*
 * The next two are the same in steps, for connect(), whose frame then is the only one of ours on
 * the stack across the system call: each costs about 10 ns (doc/PERFORMANCE.md).
 *
 * After the call, which succeeded, or `failed` with errno: returns whether it may have connected
 * the socket to itself, or found no port. If not, the call's result is the caller's. No system
 * call, except a look at the port range once a second; errno stays.
 */
static inline bool nsc_guard_needed_after(bool failed, const struct sockaddr *destination,
					  socklen_t length);

/*
 * After the call, if a guard is needed: judges, repairs, calls again. `result` and errno are those
 * of the call, `before` is errno before it. Returns as nsc_guard_call() does.
 */
long nsc_guard_after(const struct nsc_call *call, const struct sockaddr *destination,
		     socklen_t length, long result, int before);

/* Whether a connection can exist, or be under way, after this errno; 0 stands for success. */
static inline bool nsc_guard_is_connecting(int error)
{
	return error == 0 || error == EINPROGRESS || error == EINTR;
}

/* Whether the guard looks at this result. If so, the kernel has read the destination. */
static inline bool nsc_guard_looks_at(bool failed)
{
	return nsc_guard_is_connecting(failed ? errno : 0) || errno == EADDRNOTAVAIL;
}

static inline bool nsc_guard_needed_after(bool failed, const struct sockaddr *destination,
					  socklen_t length)
{
	int port;

	if (!nsc_guard_looks_at(failed))
		return false;
	port = nsc_address_port_in(destination, length);
	if (port < 0 || nsc_settings.disabled)
		return false;
	return (failed && errno == EADDRNOTAVAIL) || nsc_ephemeral((unsigned)port);
}

#endif
