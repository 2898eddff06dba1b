/* SPDX-License-Identifier: MIT */
/* Running a program by the kernel's doors, with self-connections prevented from the outside. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "history.h"
#include "hold.h"
#include "run.h"

static bool in_repair_mode(int fd)
{
	int repair = 0;
	socklen_t size = sizeof repair;

	return getsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &repair, &size) == 0 && repair;
}

static in_port_t port_of(const struct fuzz_name *name)
{
	struct sockaddr_in in;

	memcpy(&in, name->bytes, sizeof in);
	return name->error ? 0 : in.sin_port;
}

/*
 * The addresses, and the ones that a wildcard means: for IPv4, v4-mapped too, the socket's own; for
 * IPv6 loopback.
 */
static bool is_same_host(const struct in6_addr *here, const struct in6_addr *there)
{
	static const struct in6_addr mapped_any = {{{[10] = 0xff, [11] = 0xff}}},
				     mapped_loopback = {
					     {{[10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1}}};

	if (IN6_IS_ADDR_UNSPECIFIED(there))
		return IN6_IS_ADDR_LOOPBACK(here) || IN6_ARE_ADDR_EQUAL(here, &mapped_loopback);
	return IN6_ARE_ADDR_EQUAL(there, &mapped_any) || IN6_ARE_ADDR_EQUAL(here, there);
}

/* Is this where the step has sent the socket? */
static bool is_destination(const struct fuzz_name *local, const struct fuzz_step *step)
{
	struct sockaddr_in6 here, there;
	const struct sockaddr_in *in_here = (const struct sockaddr_in *)&here,
				 *in_there = (const struct sockaddr_in *)&there;

	memcpy(&here, local->bytes, sizeof here);
	memcpy(&there, step->address.bytes, sizeof there);
	if (ntohs(here.sin6_port) != fuzz_address_port(&step->address) ||
	    here.sin6_family != there.sin6_family)
		return false;
	if (here.sin6_family == AF_INET)
		return in_there->sin_addr.s_addr == 0 ||
		       in_here->sin_addr.s_addr == in_there->sin_addr.s_addr;
	return is_same_host(&here.sin6_addr, &there.sin6_addr);
}

/*
 * Connected, and both names are the same; or on the way there: the SYN of TCP_FASTOPEN_CONNECT goes
 * with the first data, but the port has been chosen. `result` is the step's.
 */
static bool meets_itself(const struct fuzz_view *view, const struct fuzz_step *step,
			 const struct fuzz_result *result)
{
	bool under_way = result->value >= 0 || result->error == EINPROGRESS;

	if (view->state < 0 || view->state == TCP_LISTEN || port_of(&view->local) == 0)
		return false;
	if (view->peer.error == 0)
		return view->peer.length == view->local.length &&
		       memcmp(view->peer.bytes, view->local.bytes, sizeof view->local.bytes) == 0;
	return under_way && view->state == TCP_SYN_SENT && is_destination(&view->local, step);
}

/*
 * Makes a call that is known to connect to itself, with the port out of the kernel's reach. Where
 * the socket has got the port before the call, by bind() to port 0 or listen(), nothing but the
 * connection gives it back.
 *
 * Returns false where the shim comes to something else. Without a descriptor to hold the port by,
 * or where other connections use the port, it has bind() choose another one, and where that has
 * none it relents in the end, or refuses: libnoselfconn(7).
 */
static bool call_prevented(const struct fuzz_step *step, const struct fuzz_name *local, int *limit,
			   struct fuzz_result *result, struct fuzz_history *history)
{
	bool has_other_port = fuzz_has_other_port(local);
	struct fuzz_moment now;
	const struct fuzz_view *view;
	struct fuzz_hold hold = fuzz_hold(local);

	fuzz_call(step, &fuzz_raw, limit, result);
	fuzz_release(&hold);
	now.views = fuzz_look(now.view);
	view = fuzz_view_of(&now, step->fd);
	if (view && meets_itself(view, step, result)) {
		fuzz_add(&history->unbound, fuzz_cookie(step->fd));
		fuzz_unbind(step->fd);
		has_other_port = fuzz_has_other_port(local);
		hold = fuzz_hold(local);
		fuzz_call(step, &fuzz_raw, limit, result);
		fuzz_release(&hold);
	}
	if (*limit == FUZZ_NO_LIMIT)
		return hold.by_bind;
	return hold.by_bind && has_other_port &&
	       (result->value >= 0 || result->error != EADDRNOTAVAIL);
}

/* Was it connected to itself before this step? */
static bool was_before(const struct fuzz_trace *trace, unsigned i, const struct fuzz_view *now)
{
	const struct fuzz_view *before = i ? fuzz_view_of(&trace->moment[i - 1], now->fd) : NULL;

	/* Without a peer it is the state that tells a name in use from one that was left behind. */
	return before && (now->peer.error == 0 || before->state == now->state) &&
	       memcmp(&before->peer, &now->peer, sizeof now->peer) == 0 &&
	       memcmp(&before->local, &now->local, sizeof now->local) == 0;
}

enum verdict { NOTHING_TO_PREVENT, PREVENT, CUT };

/*
 * What is pending from an earlier connection goes when one is torn down, where here, without a
 * port, none is made.
 */
static bool is_told_by_shim(const struct fuzz_moment *moment, int fd)
{
	const struct fuzz_result *result = &moment->result;
	const struct fuzz_view *view = fuzz_view_of(moment, fd);

	return result->value >= 0 || result->error != EADDRNOTAVAIL ||
	       (view && !(view->ready & POLLERR));
}

/*
 * A call with MSG_FASTOPEN that connects, and then fails because of its data: the shim looks at the
 * results of connecting only, since after others the address may be one that cannot be read.
 */
static bool is_looked_at(const struct fuzz_result *result)
{
	return result->value >= 0 || result->error == EINPROGRESS || result->error == EINTR;
}

/*
 * A deliberate self-connection that was there before the call: the call only tells that it is. The
 * shim takes a connection that a call returns for that call's own, and makes a deliberate one anew;
 * but for connect() on a socket that does not wait, which never returns a connection of its own.
 * The rest of the program is left out then.
 */
static bool is_told_late(const struct fuzz_step *step, const struct fuzz_moment *moment,
			 const struct fuzz_view *view)
{
	bool is_connect = step->kind == FUZZ_CONNECT || step->kind == FUZZ_CONNECT2;

	return moment->result.value >= 0 && !(is_connect && view->status & O_NONBLOCK);
}

static enum verdict judge(const struct fuzz_program *program, unsigned i,
			  const struct fuzz_trace *trace, struct fuzz_history *history,
			  struct fuzz_prevented *prevented, unsigned *deliberate)
{
	const struct fuzz_step *step = &program->step[i];
	const struct fuzz_moment *moment = &trace->moment[i];
	const struct fuzz_view *view = fuzz_connects(step) ? fuzz_view_of(moment, step->fd) : NULL;

	if (!view || !meets_itself(view, step, &moment->result))
		return NOTHING_TO_PREVENT;
	if (was_before(trace, i, view))
		return is_told_late(step, moment, view) ? CUT : NOTHING_TO_PREVENT;
	if (fuzz_is_in(&history->own, fuzz_cookie(step->fd)) || in_repair_mode(step->fd)) {
		++*deliberate;
		fuzz_add(&history->remade, fuzz_cookie(step->fd));
		return NOTHING_TO_PREVENT;
	}
	if (!is_looked_at(&moment->result))
		return CUT;
	*prevented = (struct fuzz_prevented){true, view->local};
	return PREVENT;
}

/*
 * From an IPv6 address that the socket is bound to no IPv4 one can be reached; but a connection
 * before has left the kernel one of its own making (127.0.0.6), and that works. Undoing a
 * connection takes it away.
 */
static bool leaves_family(const struct fuzz_step *step, const struct fuzz_view *view)
{
	struct sockaddr_in6 here, there;

	if (!fuzz_connects(step) || !view)
		return false;
	memcpy(&here, view->local.bytes, sizeof here);
	memcpy(&there, step->address.bytes, sizeof there);
	return here.sin6_family == AF_INET6 && there.sin6_family == AF_INET6 &&
	       IN6_IS_ADDR_V4MAPPED(&there.sin6_addr) &&
	       (!IN6_IS_ADDR_V4MAPPED(&here.sin6_addr) || here.sin6_addr.s6_addr[15] == 6);
}

int fuzz_run_raw(struct fuzz_program *program, struct fuzz_prevented prevented[FUZZ_STEPS],
		 struct fuzz_trace *trace, unsigned *deliberate)
{
	struct fuzz_history history = {0};
	int limit = FUZZ_NO_LIMIT;

	trace->steps = 0;
	*deliberate = 0;
	for (unsigned i = 0; i < program->steps; i++) {
		const struct fuzz_step *step = &program->step[i];
		struct fuzz_moment *moment = &trace->moment[i];
		enum verdict verdict = NOTHING_TO_PREVENT;

		bool comparable = true;

		if (prevented[i].here)
			comparable = call_prevented(step, &prevented[i].local, &limit,
						    &moment->result, &history);
		else
			fuzz_call(step, &fuzz_raw, &limit, &moment->result);
		fuzz_look_after(trace);
		if (!prevented[i].here)
			verdict = judge(program, i, trace, &history, &prevented[i], deliberate);
		else if (!comparable || !is_told_by_shim(moment, step->fd))
			verdict = CUT;
		if (leaves_family(step, fuzz_view_of(moment, step->fd)) &&
		    fuzz_is_in(&history.touched, fuzz_cookie(step->fd)))
			verdict = CUT;
		if (verdict == CUT)
			program->steps = i;
		if (verdict != NOTHING_TO_PREVENT) {
			fuzz_close_all(trace);
			return (int)i;
		}
		fuzz_note(&history, step, &moment->result, prevented[i].here);
		moment->stale = fuzz_bits_of(&history.stale, moment);
		moment->remade = fuzz_bits_of(&history.remade, moment);
		moment->touched = fuzz_bits_of(&history.touched, moment);
	}
	trace->stale = fuzz_bits_of(&history.stale, fuzz_last_of(trace));
	trace->remade = fuzz_bits_of(&history.remade, fuzz_last_of(trace));
	trace->unbound = fuzz_bits_of(&history.unbound, fuzz_last_of(trace));
	fuzz_end(program, trace, fuzz_bits_of(&history.touched, fuzz_last_of(trace)));
	return -1;
}
