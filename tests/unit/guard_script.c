/* SPDX-License-Identifier: MIT */
/* A guarded call with scripted outcomes, on a fake kernel in which every repair succeeds. */
#include "guard_script.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>

#include "fake_clock.h"
#include "fake_kernel.h"
#include "fake_socket.h"
#include "settings.h"
#include "loopback.h"

enum { LOG_FD = 801 };

struct script script;

static const struct step *steps;
static size_t step_count;
static union nsc_address destination;

static long make(const struct nsc_call *call)
{
	const struct step *step = &steps[script.made < step_count ? script.made : step_count - 1];

	(void)call;
	if (script.before_make)
		script.before_make();
	script.made++;
	/* A new second now and then, for each repair to have its line in the log. */
	fake_clock_set(1000 + (time_t)script.made / 8);
	fake_socket.local = destination;
	if (!step->itself)
		fake_socket.local.in.sin_port = htons((in_port_t)step->local_port);
	if (step->result >= 0)
		return step->result;
	errno = (int)-step->result;
	return -1;
}

static const struct sockaddr *tell_destination(const struct nsc_call *call, socklen_t *length)
{
	(void)call;
	*length = script.length;
	return script.address;
}

static long answer_fcntl(const struct fake_call *call, void *unused)
{
	(void)unused;
	ck_assert_int_eq(call->argument[0], SCRIPT_FD);
	if (call->argument[1] == F_GETFL)
		return script.flags;
	ck_assert_int_eq(call->argument[1], F_SETFL);
	script.flags = (int)call->argument[2];
	return 0;
}

static long answer_openat(const struct fake_call *call, void *unused)
{
	(void)unused;
	return strncmp((const char *)call->argument[1], "/proc/", 6) == 0 ? -ENOENT : LOG_FD;
}

static long answer_write(const struct fake_call *call, void *unused)
{
	(void)unused;
	strncat(script.log, (const char *)call->argument[1], (size_t)call->argument[2]);
	return call->argument[2];
}

void script_install(void)
{
	destination = loopback_address("127.0.0.1", 40000);
	script = (struct script){
		.call = {.make = make, .destination = tell_destination, .fd = SCRIPT_FD},
		.flags = O_RDWR};
	script.address = &destination.any;
	script.length = sizeof destination.in;
	fake_clock_set(1000);
	fake_socket_install();
	fake_kernel_answer(SYS_openat, FAKE_EACH, answer_openat, NULL);
	/* There is no noselfconn.conf. */
	fake_kernel_return(SYS_statx, FAKE_EACH, -ENOENT);
	fake_kernel_answer(SYS_write, FAKE_EACH, answer_write, NULL);
	fake_kernel_answer(FAKE_FCNTL, FAKE_EACH, answer_fcntl, NULL);
	fake_kernel_return(SYS_connect, FAKE_EACH, 0);
	fake_kernel_return(SYS_socket, FAKE_EACH, SCRIPT_HOLDER);
	fake_kernel_return(SYS_bind, FAKE_EACH, 0);
	fake_kernel_return(SYS_setsockopt, FAKE_EACH, 0);
	fake_kernel_return(SYS_close, FAKE_EACH, 0);
	fake_kernel_return(SYS_ppoll, FAKE_EACH, 1);
	nsc_settings.method = NSC_METHOD_REWIND;
	nsc_settings.log = NSC_LOG_FILE;
	strcpy(nsc_log_path, "/log");
}

long script_run(const struct step *written, size_t count)
{
	steps = written;
	step_count = count;
	errno = SCRIPT_ERRNO;
	return nsc_guard_call(&script.call);
}

unsigned script_holders(void)
{
	unsigned closed = 0;

	for (unsigned i = 1; i <= fake_kernel_count(SYS_close); i++)
		closed += fake_kernel_call(SYS_close, i)->argument[0] == SCRIPT_HOLDER;
	ck_assert_uint_eq(closed, fake_kernel_count(SYS_socket));
	return closed;
}
