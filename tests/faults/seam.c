/* SPDX-License-Identifier: MIT */
/* The seam between the shim and the real kernel: the table of libc.h, wrapped. */
#include "seam.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "real.h"
#include "phase.h"

enum { CALLS = 4096 };

static struct nsc_real real;
static struct seam_call calls[CALLS];
static unsigned count, failing, preceded;
static const struct fault *fault, *fault_of_first, *fault_of_all;
static void (*before_nth)(void), (*before_again)(void);
static bool counting, being_made;

/* The call that is about to be made. A repair that does not come to an end comes to one here. */
static struct seam_call *next(void)
{
	if (count == CALLS) {
		fprintf(stderr, "more than %d calls in one guarded call: it would never end\n",
			CALLS);
		abort();
	}
	calls[count] = (struct seam_call){.connects = false};
	return &calls[count++];
}

/* What the call that was just named is to give in the place of its result; NULL for the kernel's
 * own. */
static const struct fault *fault_now(const struct seam_call *call)
{
	if (failing == count)
		return fault;
	if (fault_of_all && strcmp(fault_of_all->call, call->name) == 0)
		return fault_of_all;
	return count == 1 ? fault_of_first : NULL;
}

static long fail(const struct fault *how)
{
	if (how->error == 0)
		return 0;
	errno = how->error;
	return -1;
}

static void precede(const struct seam_call *call)
{
	void (*what)(void) = before_nth;

	if (call->connects && call->phase == PHASE_AGAIN && before_again)
		before_again();
	if (preceded != count || !what)
		return;
	/* It may call in here again, or never come back. */
	before_nth = NULL;
	what();
}

/* As an interrupted call finds it where loopback is slow; here it is made by the time that anybody
 * asks. */
static void say_that_it_is_being_made(long number, const long a[5])
{
	if (!being_made || number != SYS_getsockopt || a[1] != IPPROTO_TCP || a[2] != TCP_INFO)
		return;
	being_made = false;
	*(unsigned char *)a[3] = TCP_SYN_SENT; /* tcpi_state */
}

/*
 * Takes cminflt, field 11, out of /proc/self/stat (proc_pid_stat(5)): a test that forks would find
 * its own earlier children there, and never replace a socket again.
 */
static void forget_children(const struct seam_call *call, char *text, long size)
{
	long at = size;

	if (call->phase != PHASE_SHARING || strcmp(call->name, "read") != 0)
		return;
	while (at > 0 && text[at - 1] != ')')
		at--;
	for (int field = 2; at < size && field <= 11; at++) {
		if (text[at] == ' ')
			field++;
		else if (field == 11)
			text[at] = '0';
	}
}

static long wrapped_kernel(long number, long a, long b, long c, long d, long e, long f)
{
	struct seam_call *call;
	const struct fault *how;
	long result;

	if (!counting)
		return real.syscall(number, a, b, c, d, e, f);
	call = next();
	phase_name(call, number, (const long[]){a, b, c, d, e});
	how = fault_now(call);
	precede(call);
	if (how && !how->takes_effect) {
		phase_result(number, -how->error);
		return -how->error;
	}
	result = real.syscall(number, a, b, c, d, e, f);
	say_that_it_is_being_made(number, (const long[]){a, b, c, d, e});
	forget_children(call, (char *)b, result);
	phase_result(number, result);
	return how ? -how->error : result;
}

/* A call that connects, and what it gives in the place of its result: NULL for the kernel's own. */
static const struct fault *connecting(void)
{
	struct seam_call *call = next();
	const struct fault *how;

	phase_name_connecting(call);
	how = fault_now(call);
	precede(call);
	return how;
}

/* One that takes effect, and says EINTR or EINPROGRESS, has not waited for its end. */
static int stop_waiting(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	return flags;
}

static int wrapped_connect(int fd, const struct sockaddr *address, socklen_t length)
{
	const struct fault *how = counting ? connecting() : NULL;
	int flags;

	if (!how)
		return real.connect(fd, address, length);
	if (how->takes_effect) {
		flags = stop_waiting(fd);
		real.connect(fd, address, length);
		fcntl(fd, F_SETFL, flags);
	}
	return (int)fail(how);
}

static ssize_t wrapped_sendto(int fd, const void *data, size_t size, int flags,
			      const struct sockaddr *address, socklen_t length)
{
	const struct fault *how = counting ? connecting() : NULL;
	int file_flags;

	if (!how)
		return real.sendto(fd, data, size, flags, address, length);
	if (how->takes_effect) {
		file_flags = stop_waiting(fd);
		real.sendto(fd, data, size, flags, address, length);
		fcntl(fd, F_SETFL, file_flags);
	}
	return fail(how);
}

void seam_install(void)
{
	real = nsc_real;
	nsc_real.connect = wrapped_connect;
	nsc_real.sendto = wrapped_sendto;
	nsc_real.syscall = wrapped_kernel;
}

void seam_begin(void)
{
	count = failing = preceded = 0;
	fault = fault_of_first = fault_of_all = NULL;
	before_nth = before_again = NULL;
	counting = true;
	being_made = false;
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

void seam_first(const struct fault *how)
{
	fault_of_first = how;
	being_made = true;
}

void seam_fail_all(const struct fault *how)
{
	fault_of_all = how;
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
