/* SPDX-License-Identifier: MIT */
/* One guarded call: made, judged, repaired, made again, at most NOSELFCONN_RETRIES times. */
#include "guard.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#include "cleanup.h"
#include "detect.h"
#include "sys.h"
#include "repair.h"
#include "report.h"
#include "settings.h"
#include "signals.h"

enum verdict { FINE, NO_PORT, ITSELF };

struct attempt {
	const struct nsc_call *call;
	union nsc_address destination;
	union nsc_address local; /* where the verdict is ITSELF: both ends */
	long result;             /* or -errno */
	enum verdict verdict;
	struct nsc_hold hold;
};

static long make(const struct nsc_call *call)
{
	long result = call->make(call);

	return result < 0 ? -errno : result;
}

/*
 * A TCP connect() that does not wait never returns 0 for a connection of its own: it tells of one
 * that an earlier call has begun, and that was judged then. To make it again would undo a
 * deliberate self-connection that may be in use, each time that the caller asks whether it is there
 * yet. Not so MPTCP, which is done with loopback before it returns; nor TCP_FASTOPEN_CONNECT, by
 * which the connection is not there yet.
 */
static bool tells_of_earlier_call(const struct attempt *attempt)
{
	int fd = attempt->call->fd, flags, protocol;
	union nsc_address peer;

	if (attempt->result != 0)
		return false;
	flags = nsc_fcntl(fd, F_GETFL, 0);
	return flags >= 0 && (flags & O_NONBLOCK) &&
	       nsc_getsockopt_int(fd, SOL_SOCKET, SO_PROTOCOL, &protocol) == 0 &&
	       protocol == IPPROTO_TCP && nsc_name(SYS_getpeername, fd, &peer) == 0;
}

static enum verdict judge(struct attempt *attempt)
{
	int fd = attempt->call->fd;

	if (!nsc_guard_may_be_itself(attempt->result < 0 ? (int)-attempt->result : 0))
		return attempt->result == -EADDRNOTAVAIL && nsc_detect_portless(fd) ? NO_PORT
										    : FINE;
	if (nsc_detect(fd, &attempt->destination, &attempt->local) &&
	    !tells_of_earlier_call(attempt))
		return ITSELF;
	return FINE;
}

static void report(const struct attempt *attempt, const union nsc_address *undone,
		   enum nsc_repair way, unsigned retry)
{
	static const char action[][8] = {[NSC_REPAIR_LEFT] = "none",
					 [NSC_REPAIR_REPLACED] = "replace",
					 [NSC_REPAIR_REWOUND] = "rewind"};
	struct nsc_event event = {
		.fd = attempt->call->fd,
		.address = undone,
		.action = action[way],
		.retry = retry,
		.result = attempt->result,
		.itself = attempt->verdict == ITSELF,
	};

	nsc_report_repair(&event);
}

/* A handler that jumps out between the two halves, taking it off the list and calling it, would
 * leave it undone. */
static void pop(struct nsc_cleanup *cleanup)
{
	struct nsc_signals signals;

	nsc_signals_hold(&signals);
	nsc_cleanup_pop(cleanup);
	nsc_signals_restore(&signals);
}

/* A socket whose calls wait, and are to again. */
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
 * For a call that was over before the connection was made: its wait, interrupted or used up
 * (SO_SNDTIMEO), must not begin anew. The connection goes on being made without it, as connect(2)
 * says of EINTR.
 */
static long make_without_waiting(const struct nsc_call *call, long before)
{
	struct waiting waiting = {call->fd, nsc_fcntl(call->fd, F_GETFL, 0)};
	struct nsc_cleanup cleanup;
	long result;

	if (waiting.flags < 0 || waiting.flags & O_NONBLOCK)
		return make(call);
	nsc_cleanup_push(&cleanup, wait_again, &waiting);
	nsc_fcntl(waiting.fd, F_SETFL, waiting.flags | O_NONBLOCK);
	result = make(call);
	pop(&cleanup);
	return result == -EINPROGRESS ? before : result;
}

static void make_again(struct attempt *attempt)
{
	bool waits = attempt->result >= 0 || attempt->result == -EADDRNOTAVAIL;

	attempt->result =
		waits ? make(attempt->call) : make_without_waiting(attempt->call, attempt->result);
}

/* Returns false where there is nothing to retry: the attempt has its last result then. */
static bool undo(struct attempt *attempt, enum nsc_repair *way)
{
	*way = nsc_repair(attempt->call->fd, &attempt->local, &attempt->hold);
	if (*way != NSC_REPAIR_OWN && *way != NSC_REPAIR_LEFT)
		return true;
	if (*way == NSC_REPAIR_OWN)
		make_again(attempt);
	else
		report(attempt, &attempt->local, *way, 0);
	attempt->verdict = FINE;
	return false;
}

static void retry(struct attempt *attempt)
{
	for (unsigned tries = 1; attempt->verdict != FINE && tries <= nsc_settings.retries;
	     tries++) {
		union nsc_address undone = attempt->local;
		bool itself = attempt->verdict == ITSELF;
		enum nsc_repair way;

		if (itself && !undo(attempt, &way))
			return;
		make_again(attempt);
		attempt->verdict = judge(attempt);
		if (itself)
			report(attempt, &undone, way, tries);
	}
}

static void give_up(struct attempt *attempt)
{
	enum nsc_repair way = NSC_REPAIR_LEFT;

	if (nsc_settings.give_up == NSC_GIVE_UP_REFUSE) {
		if (!undo(attempt, &way))
			return;
		attempt->result = -ECONNREFUSED;
		attempt->verdict = FINE;
	}
	report(attempt, &attempt->local, way, 0);
}

long nsc_guard_made(const struct nsc_call *call, const struct sockaddr *destination,
		    socklen_t length, long result, int before)
{
	struct attempt attempt = {
		.call = call, .result = result < 0 ? -errno : result, .hold = {.fd = -1}};
	struct nsc_cleanup cleanup;

	nsc_address_copy(&attempt.destination, destination, length);
	attempt.verdict = judge(&attempt);
	if (attempt.verdict != FINE) {
		/* The retried call is a cancellation point, like the first. */
		nsc_cleanup_push(&cleanup, nsc_hold_release, &attempt.hold);
		retry(&attempt);
		if (attempt.verdict == ITSELF)
			give_up(&attempt);
		pop(&cleanup);
	}
	errno = attempt.result < 0 ? (int)-attempt.result : before;
	return attempt.result < 0 ? -1 : attempt.result;
}

long nsc_guard(const struct nsc_call *call)
{
	const struct sockaddr *destination;
	int before = errno;
	long result = call->make(call);
	socklen_t length;

	if (!nsc_guard_has_read(result))
		return result;
	destination = call->destination(call, &length);
	if (nsc_guard_concerns(result, destination, length))
		return nsc_guard_made(call, destination, length, result, before);
	return result;
}
