/* SPDX-License-Identifier: MIT */
/* Guards one call that connects: judges its result, repairs a self-connection, calls again. */
#include "guard.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#include "cleanup.h"
#include "detect.h"
#include "prevent.h"
#include "sys.h"
#include "repair.h"
#include "report.h"
#include "in_force.h"
#include "signals.h"

struct attempt {
	const struct nsc_call *call;
	union nsc_address destination;
	union nsc_address local; /* both ends of the last self-connection */
	long result;             /* of the latest call, or -errno */
	bool itself;             /* the latest call connected the socket to itself */
	bool portless;           /* the caller's own call found no port */
	bool searched;           /* the one retry for a port is used up */
	struct nsc_hold hold;
	struct nsc_in_force in_force; /* before a self-connection: the environment's */
};

/* Keeps the frames of phases that follow each other from adding up: stacks can be small
 * (sigaltstack(2), coroutines). */
#define NOINLINE __attribute__((noinline))

static long make(const struct nsc_call *call)
{
	long result = call->make(call);

	return result < 0 ? -errno : result;
}

/*
 * Linux can say EADDRNOTAVAIL although there are ports, if others come and go. So one more call
 * looks for one, as in Go's net package (dialTCP). In a range that is used up it costs as much as
 * the first. A port that the caller bound cannot become free that way.
 */
NOINLINE static long search_port(struct attempt *attempt, long result)
{
	if (result != -EADDRNOTAVAIL || attempt->searched ||
	    attempt->in_force.settings.retries == 0 || !nsc_detect_portless(attempt->call->fd))
		return result;
	attempt->searched = true;
	return make(attempt->call);
}

NOINLINE static void judge(struct attempt *attempt)
{
	long result = attempt->result;
	union nsc_address local;

	attempt->itself = nsc_guard_is_connecting(result < 0 ? (int)-result : 0) &&
			  nsc_detect(attempt->call->fd, &attempt->destination, result, &local);
	if (attempt->itself)
		attempt->local = local;
}

NOINLINE static void report(const struct attempt *attempt, enum nsc_repair way, unsigned retry)
{
	static const char action[][8] = {[NSC_REPAIR_LEFT] = "none",
					 [NSC_REPAIR_REPLACED] = "replace",
					 [NSC_REPAIR_REWOUND] = "rewind"};
	struct nsc_event event = {
		.fd = attempt->call->fd,
		.address = &attempt->local,
		.action = action[way],
		.retry = retry,
		.result = attempt->result,
		.itself = attempt->itself,
		.in_force = &attempt->in_force,
	};

	nsc_report_repair(&event);
}

/* A signal handler that jumps out between the two halves of a pop, taking the routine off libc's
 * list and calling it, would lose the call. */
NOINLINE static void pop(struct nsc_cleanup *cleanup)
{
	struct nsc_signals signals;

	nsc_signals_hold(&signals);
	nsc_cleanup_pop(cleanup, true);
	nsc_signals_restore(&signals);
}

/* A blocking socket, made non-blocking for one call. */
struct waiting {
	int fd;
	int flags;
};

static void wait_again(void *waiting)
{
	const struct waiting *w = waiting;

	nsc_fcntl(w->fd, F_SETFL, w->flags);
}

/*
 * For a call that ended before its connection was made, interrupted or after SO_SNDTIMEO: the
 * caller's wait is over and must not begin again. The connection is made in the background, as
 * connect(2) says of EINTR, and the caller gets the result of that call.
 */
NOINLINE static long make_without_waiting(struct attempt *attempt)
{
	struct waiting waiting = {attempt->call->fd, nsc_fcntl(attempt->call->fd, F_GETFL, 0)};
	struct nsc_cleanup cleanup;
	long result;

	if (waiting.flags < 0 || waiting.flags & O_NONBLOCK)
		return search_port(attempt, make(attempt->call));
	nsc_cleanup_push(&cleanup, wait_again, &waiting);
	nsc_fcntl(waiting.fd, F_SETFL, waiting.flags | O_NONBLOCK);
	result = search_port(attempt, make(attempt->call));
	pop(&cleanup);
	return result == -EINPROGRESS ? attempt->result : result;
}

static void make_again(struct attempt *attempt)
{
	attempt->result = attempt->result < 0 ? make_without_waiting(attempt)
					      : search_port(attempt, make(attempt->call));
}

/* Relents, unless only our retry made the self-connection: the caller's own call found no port. */
static bool may_stay(const struct attempt *attempt)
{
	return attempt->in_force.settings.give_up == NSC_GIVE_UP_RELENT && !attempt->portless;
}

static void refuse(struct attempt *attempt)
{
	attempt->result = attempt->portless ? -EADDRNOTAVAIL : -ECONNREFUSED;
	attempt->itself = false;
}

static void repair(struct attempt *attempt)
{
	for (unsigned n = 1; attempt->itself; n++) {
		bool retries = n <= attempt->in_force.settings.retries;
		enum nsc_repair way = NSC_REPAIR_LEFT;

		if (retries || !may_stay(attempt))
			way = nsc_repair(attempt->call->fd, &attempt->local,
					 attempt->in_force.settings.method, &attempt->hold);
		if (way == NSC_REPAIR_OWN) {
			make_again(attempt);
			return;
		}
		if (way == NSC_REPAIR_LEFT) {
			report(attempt, way, 0);
			return;
		}
		if (retries) {
			make_again(attempt);
			judge(attempt);
		} else {
			refuse(attempt);
		}
		report(attempt, way, retries ? n : 0);
	}
}

/* Returns false if the program keeps its self-connection. One that only our retry made is undone.
 */
static bool may_repair(struct attempt *attempt)
{
	nsc_in_force_read(&attempt->in_force);
	nsc_prevent_choose(&attempt->in_force.settings);
	return !attempt->in_force.settings.disabled || attempt->portless;
}

long nsc_guard_after(const struct nsc_call *call, const struct sockaddr *destination,
		     socklen_t length, long result, int before)
{
	struct attempt attempt = {
		.call = call, .hold = {.fd = -1}, .in_force = {.settings = nsc_settings}};
	struct nsc_cleanup cleanup;

	nsc_address_copy(&attempt.destination, destination, length);
	if (result < 0)
		result = -errno;
	attempt.portless = result == -EADDRNOTAVAIL;
	attempt.result = search_port(&attempt, result);
	judge(&attempt);
	if (attempt.itself && may_repair(&attempt)) {
		/* The retry is a cancellation point, like the first call. */
		nsc_cleanup_push(&cleanup, nsc_hold_release, &attempt.hold);
		repair(&attempt);
		pop(&cleanup);
	}
	errno = attempt.result < 0 ? (int)-attempt.result : before;
	return attempt.result < 0 ? -1 : attempt.result;
}

long nsc_guard_call(const struct nsc_call *call)
{
	const struct sockaddr *destination;
	int before = errno;
	bool prevents = __atomic_load_n(&nsc_prevents, __ATOMIC_RELAXED);
	long result = prevents ? nsc_prevent(call) : call->make(call);
	socklen_t length;

	if (!nsc_guard_looks_at(result < 0))
		return result;
	destination = call->destination(call, &length);
	if (nsc_guard_needed_after(result < 0, destination, length))
		return nsc_guard_after(call, destination, length, result, before);
	return result;
}
