/* SPDX-License-Identifier: MIT */
/* Keeps the history of a program's sockets that the kernel does not report. */
#include "history.h"

#include <errno.h>
#include <netinet/tcp.h>

bool fuzz_is_in(const struct fuzz_set *set, uint64_t cookie)
{
	for (unsigned i = 0; i < set->count; i++)
		if (set->cookie[i] == cookie)
			return true;
	return false;
}

void fuzz_add(struct fuzz_set *set, uint64_t cookie)
{
	if (!fuzz_is_in(set, cookie))
		set->cookie[set->count++] = cookie;
}

static void take_out(struct fuzz_set *set, uint64_t cookie)
{
	for (unsigned i = 0; i < set->count; i++)
		if (set->cookie[i] == cookie)
			set->cookie[i] = 0;
}

bool fuzz_connects(const struct fuzz_step *step)
{
	switch (step->kind) {
	case FUZZ_CONNECT:
	case FUZZ_CONNECT2:
		return true;
	case FUZZ_SENDTO:
	case FUZZ_SENDMSG:
		return step->a & MSG_FASTOPEN;
	case FUZZ_SENDMMSG:
		return (step->a & MSG_FASTOPEN) && step->b > 0;
	default:
		return false;
	}
}

static bool tries_to_connect(const struct fuzz_step *step)
{
	return fuzz_connects(step) && fuzz_address_port(&step->address) >= 0;
}

void fuzz_note(struct fuzz_history *history, const struct fuzz_step *step,
	       const struct fuzz_result *result, bool prevented)
{
	bool done = result->value == 0 && !result->omitted;
	uint64_t cookie = fuzz_cookie(step->fd);

	if (step->kind == FUZZ_BIND && done && fuzz_address_port(&step->address) > 0)
		fuzz_add(&history->own, cookie);
	if (prevented)
		fuzz_add(&history->touched, cookie);
	if (prevented && result->value < 0 && result->error == EADDRNOTAVAIL)
		fuzz_add(&history->stale, cookie);
	/*
	 * TCP_FASTOPEN_CONNECT is an exception: connect() returned 0, and the first send makes the
	 * connection.
	 */
	else if (tries_to_connect(step) &&
		 (result->error == EINPROGRESS ||
		  (result->value >= 0 && fuzz_tcp_state(step->fd) != TCP_SYN_SENT)))
		take_out(&history->stale, cookie);
}

uint64_t fuzz_bits_of(const struct fuzz_set *set, const struct fuzz_moment *moment)
{
	uint64_t bits = 0;

	for (unsigned i = 0; set->count && i < moment->views; i++)
		if (fuzz_is_in(set, fuzz_cookie(moment->view[i].fd)))
			bits |= (uint64_t)1 << (moment->view[i].fd - fuzz_base);
	return bits;
}
