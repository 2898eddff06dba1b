/* SPDX-License-Identifier: MIT */
/*
 * Runs a program by the kernel's functions, with self-connections prevented from outside the
 * program.
 */
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
 * Compares addresses. A wildcard means the socket's own address for IPv4 (and IPv4-mapped), else
 * loopback.
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

/* Is this the address to which the step sent the socket? */
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
 * Is the socket connected to itself, or about to be? With TCP_FASTOPEN_CONNECT the SYN goes with
 * the first data, but the port has been chosen. `result` is the step's.
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
 * Makes a call that would connect to itself, with the port out of the kernel's reach. If bind() to
 * port 0 or listen() gave the socket its port, only making the connection frees it again.
 *
 * Returns false if the shim's result differs (libnoselfconn(7)). Without a descriptor to hold the
 * port, or if other connections use it, the shim binds the socket to another port. If there is
 * none, it relents or refuses.
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

/* Was the socket connected to itself before this step? */
static bool was_before(const struct fuzz_trace *trace, unsigned i, const struct fuzz_view *now)
{
	const struct fuzz_view *before = i ? fuzz_view_of(&trace->moment[i - 1], now->fd) : NULL;

	/* Without a peer, only the state tells a name in use from one that was left behind. */
	return before && (now->peer.error == 0 || before->state == now->state) &&
	       memcmp(&before->peer, &now->peer, sizeof now->peer) == 0 &&
	       memcmp(&before->local, &now->local, sizeof now->local) == 0;
}

enum verdict { NOTHING_TO_PREVENT, PREVENT, CUT };

/*
 * A teardown clears an error pending from an earlier connection. Here the call makes no connection,
 * for lack of a port.
 */
static bool is_told_by_shim(const struct fuzz_moment *moment, int fd)
{
	const struct fuzz_result *result = &moment->result;
	const struct fuzz_view *view = fuzz_view_of(moment, fd);

	return result->value >= 0 || result->error != EADDRNOTAVAIL ||
	       (view && !(view->ready & POLLERR));
}

/*
 * The call uses MSG_FASTOPEN, connects, and then fails because of its data. The shim inspects only
 * results of connecting, because after other errors the address may be unreadable.
 */
static bool is_looked_at(const struct fuzz_result *result)
{
	return result->value >= 0 || result->error == EINPROGRESS || result->error == EINTR;
}

/*
 * The call only reports a deliberate self-connection that existed before. The shim takes it for the
 * call's own and makes it again. connect() on a non-blocking socket is an exception: it never
 * returns its own connection. The fuzzer skips the rest of such a program.
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
 * A socket bound to an IPv6 address cannot reach an IPv4 one. But an earlier connection may have
 * left an address of the kernel's choice (127.0.0.6), with which it can. Undoing a connection
 * removes that address.
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
