/* SPDX-License-Identifier: MIT */
/* The seam: a wrapper of nsc_real between the shim and the real kernel. */
#include "seam.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "forks.h"
#include "real.h"

enum { CALLS = 4096 };

static const struct fault interrupted = {"connect", "EINTR", EINTR, true};

static struct nsc_real real;
static struct seam_call calls[CALLS];
static unsigned count, failing, preceded;
static const struct fault *fault, *fault_of_first, *fault_of_all;
static void (*before_nth)(void), (*before_again)(void);
static bool counting, being_made;

/* Returns the call about to be made. Stops a repair that never ends. */
static struct seam_call *next(void)
{
	if (count == CALLS) {
		fprintf(stderr, "more than %d calls in one guarded call\n", CALLS);
		abort();
	}
	calls[count] = (struct seam_call){.connects = false};
	return &calls[count++];
}

/* Returns the fault for the call just named, or NULL to use the kernel's result. */
static const struct fault *fault_now(const struct seam_call *call)
{
	if (failing == count)
		return fault;
	if (fault_of_all && strcmp(fault_of_all->call, call->name) == 0)
		return fault_of_all;
	return count == 1 ? fault_of_first : NULL;
}

static void precede(const struct seam_call *call)
{
	void (*what)(void) = before_nth;

	if (call->connects && call->phase == PHASE_AGAIN && before_again)
		before_again();
	if (preceded != count || !what)
		return;
	/* The function may call the seam again or never return. */
	before_nth = NULL;
	what();
}

static long wrapped_syscall(long number, long a, long b, long c, long d, long e, long f)
{
	const long arguments[5] = {a, b, c, d, e};
	const struct fault *how;
	struct seam_call *call;
	long result;

	if (!counting)
		return real.syscall(number, a, b, c, d, e, f);
	call = next();
	phase_name(call, number, arguments);
	how = fault_now(call);
	precede(call);
	if (how && !how->takes_effect)
		return -how->error;
	result = real.syscall(number, a, b, c, d, e, f);
	if (being_made && number == SYS_getsockopt && b == IPPROTO_TCP && c == TCP_INFO) {
		being_made = false;
		*(unsigned char *)d = TCP_SYN_SENT; /* tcpi_state */
	}
	return how ? -how->error : result;
}

/*
 * A call that connects, by `address` alone or with data. One that takes effect but fails with EINTR
 * or EINPROGRESS does not wait for the connection.
 */
static ssize_t connecting(int fd, const void *data, size_t size, int flags,
			  const struct sockaddr *address, socklen_t length)
{
	struct seam_call *call = counting ? next() : NULL;
	const struct fault *how = NULL;
	int file_flags = 0;
	ssize_t result;

	if (call) {
		phase_name_connecting(call);
		how = fault_now(call);
		precede(call);
	}
	if (how && !how->takes_effect) {
		errno = how->error;
		return -1;
	}
	if (how) {
		file_flags = fcntl(fd, F_GETFL);
		fcntl(fd, F_SETFL, file_flags | O_NONBLOCK);
	}
	result = data ? real.sendto(fd, data, size, flags, address, length)
		      : real.connect(fd, address, length);
	if (!how)
		return result;
	fcntl(fd, F_SETFL, file_flags);
	errno = how->error;
	return -1;
}

static int wrapped_connect(int fd, const struct sockaddr *address, socklen_t length)
{
	return (int)connecting(fd, NULL, 0, 0, address, length);
}

void seam_install(void)
{
	real = nsc_real;
	nsc_real.connect = wrapped_connect;
	nsc_real.sendto = connecting;
	nsc_real.syscall = wrapped_syscall;
}

void seam_begin(void)
{
	count = failing = preceded = 0;
	fault = fault_of_first = fault_of_all = NULL;
	before_nth = before_again = NULL;
	counting = true;
	being_made = false;
	/* Otherwise a test that forks would never see a replacement again. */
	nsc_forks.seen = false;
	phase_begin();
}

void seam_end(void)
{
	counting = false;
}

void seam_fail(unsigned nth, const struct fault *how)
{
	failing = nth;
	fault = how;
}

void seam_fail_all(const struct fault *how)
{
	fault_of_all = how;
}

void seam_interrupt_first(void)
{
	fault_of_first = &interrupted;
	being_made = true;
}

void seam_before(unsigned nth, void (*what)(void))
{
	preceded = nth;
	before_nth = what;
}

void seam_before_again(void (*what)(void))
{
	before_again = what;
}

unsigned seam_count(void)
{
	return count;
}

const struct seam_call *seam_call(unsigned nth)
{
	return &calls[nth - 1];
}
