/* SPDX-License-Identifier: MIT */
/* Compares two runs of one program and describes the differences. */
#include "compare.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "kernel_constants.h"
#include "settings.h"

static bool has(uint64_t bits, int fd)
{
	return bits >> (fd - fuzz_base) & 1;
}

/*
 * Ignores what a connection leaves in a closed socket until the next one: the names, and the amount
 * of unsent data. If the shim has undone the connection, the socket has none of these or its own.
 * If the kernel would have found no port (EADDRNOTAVAIL), the previous connection's remain.
 */
static bool same_view(const struct fuzz_view *a, const struct fuzz_view *b, bool stale, bool remade)
{
	struct fuzz_view plain_a = *a, plain_b = *b;

	if (stale) {
		plain_a.local = plain_b.local;
		plain_a.unsent = plain_b.unsent;
		/* TCP_NOTSENT_LOWAT makes readiness depend on unsent data. */
		plain_a.ready |= POLLOUT;
		plain_b.ready |= POLLOUT;
	}
	/*
	 * A connection that is torn down and made again has another window, because the kernel has
	 * learnt from the first one's packets. A full window changes how much is acknowledged.
	 */
	if (remade && (a->unread == b->unread || a->unread + a->unsent == b->unread + b->unsent)) {
		plain_a.unread = plain_b.unread;
		plain_a.unsent = plain_b.unsent;
	}
	return memcmp(&plain_a, &plain_b, sizeof plain_a) == 0;
}

static bool same_moment(const struct fuzz_moment *raw, const struct fuzz_moment *shim)
{
	if (memcmp(&raw->result, &shim->result, sizeof raw->result) || raw->views != shim->views)
		return false;
	for (unsigned i = 0; i < raw->views; i++)
		if (!same_view(&raw->view[i], &shim->view[i], has(raw->stale, raw->view[i].fd),
			       has(raw->remade, raw->view[i].fd)))
			return false;
	return true;
}

static int option_of(const struct fuzz_trace *trace, int fd, int level, int option)
{
	int number = 0;

	for (unsigned i = 0; i < trace->values; i++) {
		const struct fuzz_value *value = &trace->value[i];

		if (value->fd == fd && value->level == level && value->option == option)
			memcpy(&number, value->bytes, sizeof number);
	}
	return number;
}

/*
 * Treated like the names. The reference's own undoing also loses it, because it salvages nothing.
 */
static bool is_left_by_connection(const struct fuzz_value *value)
{
	switch (value->level) {
	case SOL_SOCKET:
		return value->option == SO_PEEK_OFF;
	case IPPROTO_TCP:
		return value->option == TCP_MAXSEG || value->option == TCP_WINDOW_CLAMP;
	case IPPROTO_IP:
		return value->option == IP_MTU;
	default:
		return value->level == IPPROTO_IPV6 &&
		       (value->option == IPV6_MTU || value->option == IPV6_PATHMTU);
	}
}

/*
 * tcp(7) calls TCP_QUICKACK "not permanent". For IPV6_RECVPKTINFO, the kernel records how the last
 * packet came, which may be a packet of the undone connection. IPV6_2292PKTOPTIONS reads that
 * record.
 */
static bool is_incidental(const struct fuzz_value *value)
{
	return (value->level == IPPROTO_TCP && value->option == TCP_QUICKACK) ||
	       (value->level == IPPROTO_IPV6 &&
		(value->option == IPV6_MULTICAST_IF || value->option == IPV6_MULTICAST_HOPS ||
		 value->option == IPV6_2292PKTOPTIONS));
}

/*
 * Unless the program has set their size (SO_BUF_LOCK), the kernel enlarges buffers when a
 * connection is established, even a self-connection. A rewound socket keeps the larger buffers:
 * doc/DESIGN.md.
 */
static bool may_differ(const struct fuzz_trace *raw, const struct fuzz_value *value)
{
	int locks;

	if (is_left_by_connection(value) && has(raw->stale | raw->unbound, value->fd))
		return true;
	locks = option_of(raw, value->fd, SOL_SOCKET, SO_BUF_LOCK);
	/*
	 * With a small buffer these depend on the window: see same_view(). The clamp also depends
	 * on the packets' overhead.
	 */
	if (value->level == IPPROTO_TCP &&
	    (value->option == TCP_MAXSEG || value->option == TCP_WINDOW_CLAMP))
		return has(raw->remade, value->fd) ||
		       (value->option == TCP_WINDOW_CLAMP && (locks & NSC_RCVBUF_LOCK) &&
			has(raw->touched, value->fd));
	if (is_incidental(value))
		return has(raw->touched, value->fd);
	if (value->level != SOL_SOCKET ||
	    (value->option != SO_SNDBUF && value->option != SO_RCVBUF) ||
	    !has(raw->touched | raw->remade, value->fd))
		return false;
	return !(locks & (value->option == SO_SNDBUF ? NSC_SNDBUF_LOCK : NSC_RCVBUF_LOCK));
}

/* A larger buffer gives a larger kernel clamp. A clamp set by the program is below both. */
static bool is_clamp_by_kernel(const struct fuzz_value *value)
{
	int clamp;

	memcpy(&clamp, value->bytes, sizeof clamp);
	return value->level == IPPROTO_TCP && value->option == TCP_WINDOW_CLAMP && clamp > 0xffff;
}

static bool same_value(const struct fuzz_trace *raw, const struct fuzz_value *a,
		       const struct fuzz_value *b)
{
	return memcmp(a, b, sizeof *a) == 0 || may_differ(raw, a) ||
	       (has(raw->touched, a->fd) && is_clamp_by_kernel(a) && is_clamp_by_kernel(b));
}

static bool same_values(const struct fuzz_trace *raw, const struct fuzz_trace *shim)
{
	if (raw->values != shim->values)
		return false;
	for (unsigned i = 0; i < raw->values; i++)
		if (!same_value(raw, &raw->value[i], &shim->value[i]))
			return false;
	return true;
}

bool fuzz_same(const struct fuzz_trace *raw, const struct fuzz_trace *shim)
{
	for (unsigned i = 0; i < raw->steps; i++)
		if (!same_moment(&raw->moment[i], &shim->moment[i]))
			return false;
	return raw->lowest == shim->lowest && raw->taken == shim->taken && same_values(raw, shim);
}

static void tell_name(const char *what, const struct fuzz_name *name)
{
	printf(" %s=", what);
	if (name->error)
		printf("%s", strerror(name->error));
	else
		fuzz_show_address(name->bytes, name->length < sizeof name->bytes
						       ? name->length
						       : sizeof name->bytes);
}

static void tell_view(const char *side, const struct fuzz_view *view, int fd)
{
	if (!view) {
		printf("    %s: %d is not open\n", side, fd);
		return;
	}
	printf("    %s: %d flags=%#o cloexec=%d poll=%#x", side, fd, (unsigned)view->status,
	       view->close_on_exec, (unsigned)view->ready);
	tell_name("local", &view->local);
	tell_name("peer", &view->peer);
	printf(" state=%d unread=%d unsent=%d owner=%d signal=%d\n", view->state, view->unread,
	       view->unsent, view->owner, view->signal);
}

static void tell_views(const struct fuzz_moment *raw, const struct fuzz_moment *shim)
{
	for (int fd = fuzz_base; fd < fuzz_base + FUZZ_NUMBERS; fd++) {
		const struct fuzz_view *a = fuzz_view_of(raw, fd), *b = fuzz_view_of(shim, fd);

		if (a == b ||
		    (a && b && same_view(a, b, has(raw->stale, fd), has(raw->remade, fd))))
			continue;
		tell_view("raw ", a, fd);
		tell_view("shim", b, fd);
	}
}

static void tell_result(const struct fuzz_result *result)
{
	if (result->omitted)
		printf("(not called)");
	else if (result->value < 0)
		printf("%ld %s", result->value, strerror(result->error));
	else
		printf("%ld", result->value);
	if (result->value >= 0 && result->error && result->error != 4711)
		printf(" errno=%d", result->error);
	if (result->more[0] || result->more[1])
		printf(" {%ld, %ld}", result->more[0], result->more[1]);
	if (result->spoiled)
		printf(" memory changed");
}

static void tell_value(const char *side, const struct fuzz_value *value)
{
	const char *name = fuzz_setting_name(value->level, value->option);

	printf("    %s: option %d:%d", side, value->level, value->option);
	if (name)
		printf(" %s", name);
	printf(" of %d", value->fd);
	if (value->error) {
		printf(" %s\n", strerror(value->error));
		return;
	}
	printf(" (%u)", value->size);
	for (unsigned i = 0; i < sizeof value->bytes && i < value->size; i++)
		printf(" %02x", value->bytes[i]);
	printf("\n");
}

static void tell_end(const struct fuzz_trace *raw, const struct fuzz_trace *shim)
{
	unsigned values = raw->values < shim->values ? raw->values : shim->values;

	if (raw->lowest != shim->lowest)
		printf("DIFFER: the lowest free descriptor at the end: raw %d, shim %d\n",
		       raw->lowest, shim->lowest);
	if (raw->taken != shim->taken)
		printf("DIFFER: ports not free after the end: raw %#x, shim %#x\n", raw->taken,
		       shim->taken);
	if (raw->values != shim->values)
		printf("DIFFER: %u and %u values to be read at the end\n", raw->values,
		       shim->values);
	for (unsigned i = 0; i < values; i++) {
		if (same_value(raw, &raw->value[i], &shim->value[i]))
			continue;
		printf("DIFFER at the end:\n");
		tell_value("raw ", &raw->value[i]);
		tell_value("shim", &shim->value[i]);
	}
}

void fuzz_tell(const struct fuzz_program *program, const char *mode, const struct fuzz_trace *raw,
	       const struct fuzz_trace *shim, const struct fuzz_prevented prevented[FUZZ_STEPS])
{
	printf("shim: %s\n", mode);
	for (unsigned i = 0; i < program->steps; i++) {
		const struct fuzz_moment *a = &raw->moment[i], *b = &shim->moment[i];

		printf("%2u ", i);
		fuzz_step_show(&program->step[i]);
		printf(" = ");
		tell_result(&a->result);
		if (memcmp(&a->result, &b->result, sizeof a->result)) {
			printf("   DIFFER: shim: ");
			tell_result(&b->result);
		}
		printf("%s\n", prevented[i].here ? "   [would connect to itself]" : "");
		if (!same_moment(a, b)) {
			printf("   DIFFER after it:\n");
			tell_views(a, b);
		}
	}
	tell_end(raw, shim);
	fflush(stdout);
}
