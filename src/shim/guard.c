/* SPDX-License-Identifier: MIT */
/* Guards one call that connects: judges its result, repairs a self-connection, calls again. */
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
	union nsc_address local; /* if the verdict is ITSELF: both ends */
	long result;             /* or -errno */
	enum verdict verdict;
	struct nsc_hold hold;
};

static long make(const struct nsc_call *call)
{
	long result = call->make(call);

	return result < 0 ? -errno : result;
}

static enum verdict judge(struct attempt *attempt)
{
	int fd = attempt->call->fd;
	long result = attempt->result;

	if (result == -EADDRNOTAVAIL)
		return nsc_detect_portless(fd) ? NO_PORT : FINE;
	if (!nsc_guard_is_connecting(result < 0 ? (int)-result : 0))
		return FINE;
	return nsc_detect(fd, &attempt->destination, result, &attempt->local) ? ITSELF : FINE;
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

/* A signal handler that jumps out between the two halves of a pop, taking the routine off libc's
 * list and calling it, would lose the call. */
static void pop(struct nsc_cleanup *cleanup)
{
	struct nsc_signals signals;

	nsc_signals_hold(&signals);
	nsc_cleanup_pop(cleanup);
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
 * connect(2) says of EINTR. Returns `before`, the result of that call, if it is.
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

/* Returns false if there is nothing to retry. The attempt has its final result then. */
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

long nsc_guard_after(const struct nsc_call *call, const struct sockaddr *destination,
		     socklen_t length, long result, int before)
{
	struct attempt attempt = {
		.call = call, .result = result < 0 ? -errno : result, .hold = {.fd = -1}};
	struct nsc_cleanup cleanup;

	nsc_address_copy(&attempt.destination, destination, length);
	attempt.verdict = judge(&attempt);
	if (attempt.verdict != FINE) {
		/* The retry is a cancellation point, like the first call. */
		nsc_cleanup_push(&cleanup, nsc_hold_release, &attempt.hold);
		retry(&attempt);
		if (attempt.verdict == ITSELF)
			give_up(&attempt);
		pop(&cleanup);
	}
	errno = attempt.result < 0 ? (int)-attempt.result : before;
	return attempt.result < 0 ? -1 : attempt.result;
}

long nsc_guard_call(const struct nsc_call *call)
{
	const struct sockaddr *destination;
	int before = errno;
	long result = call->make(call);
	socklen_t length;

	if (!nsc_guard_looks_at(result))
		return result;
	destination = call->destination(call, &length);
	if (nsc_guard_needed_after(result, destination, length))
		return nsc_guard_after(call, destination, length, result, before);
	return result;
}
