/* SPDX-License-Identifier: MIT */
/* Assigns each system call to a part of a guarded call and gives it a name. */
#include "seam.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "kernel_constants.h"

const char phase_names[PHASES][12] = {"call",      "range",  "detect",     "settings", "salvage",
				      "tear down", "repair", "call again", "report",   "signals"};

static enum phase phase;
static bool called, has_settings;

#define NAME(call)                \
	{                         \
		SYS_##call, #call \
	}

static const struct {
	long number;
	const char *name;
} names[] = {
	NAME(bind),          NAME(close),           NAME(dup3),           NAME(fgetxattr),
	NAME(flistxattr),    NAME(getdents64),      NAME(getpeername),    NAME(getpid),
	NAME(getsockname),   NAME(getsockopt),      NAME(io_uring_enter), NAME(openat),
	NAME(prctl),         NAME(ppoll),           NAME(read),           NAME(readlinkat),
	NAME(rt_sigpending), NAME(rt_sigtimedwait), NAME(setsockopt),     NAME(socket),
	NAME(statx),         NAME(waitid),          NAME(write),
};

/* Options that are read or set one by one, each with its own effect. */
static const struct {
	int level, option;
	const char *name;
} options[] = {
	{SOL_SOCKET, SO_PROTOCOL, "SO_PROTOCOL"},
	{IPPROTO_TCP, TCP_REPAIR, "TCP_REPAIR"},
	{IPPROTO_TCP, TCP_INFO, "TCP_INFO"},
	{SOL_SOCKET, SO_ERROR, "SO_ERROR"},
	{SOL_SOCKET, SO_NETNS_COOKIE, "SO_NETNS_COOKIE"},
	{SOL_SOCKET, SO_REUSEADDR, "SO_REUSEADDR"},
};

void phase_begin(void)
{
	phase = PHASE_CALL;
	called = has_settings = false;
}

void phase_name_connecting(struct seam_call *call)
{
	phase = called ? PHASE_AGAIN : PHASE_CALL;
	called = true;
	call->phase = phase;
	call->connects = true;
	strcpy(call->name, "connect");
	strcpy(call->detail, "connect");
}

static bool is_fcntl(long number)
{
#ifdef SYS_fcntl64
	if (number == SYS_fcntl64)
		return true;
#endif
	return number == SYS_fcntl;
}

static bool is_statfs(long number)
{
#ifdef SYS_statfs64
	return number == SYS_statfs64;
#else
	return number == SYS_statfs;
#endif
}

/* The calls that begin a part. */
static void advance(long number, const long a[5])
{
	bool outside;

	if (phase == PHASE_RANGE && number != SYS_openat && number != SYS_read &&
	    number != SYS_close && (number != SYS_rt_sigprocmask || a[0] == -1) &&
	    !is_statfs(number))
		phase = PHASE_CALL;
	outside = phase == PHASE_CALL || phase == PHASE_AGAIN || phase == PHASE_REPORT;
	if (number == SYS_openat && phase == PHASE_CALL) {
		phase = PHASE_RANGE;
	} else if (number == SYS_getpid) {
		phase = PHASE_REPORT;
	} else if (number == SYS_getsockname && outside) {
		phase = PHASE_DETECT;
	} else if (number == SYS_rt_sigprocmask && a[0] == SIG_BLOCK &&
		   (phase == PHASE_DETECT || phase == PHASE_SETTINGS)) {
		phase = has_settings ? PHASE_SALVAGE : PHASE_SETTINGS;
		has_settings = true;
	} else if (number == SYS_rt_sigprocmask && a[0] == SIG_SETMASK && phase != PHASE_REPORT &&
		   phase != PHASE_RANGE && phase != PHASE_SETTINGS) {
		phase = PHASE_AGAIN;
	} else if (number == SYS_connect && phase != PHASE_REPORT) {
		phase = PHASE_TEAR_DOWN;
	} else if (phase == PHASE_TEAR_DOWN && number != SYS_getsockopt) {
		phase = PHASE_REPAIR;
	}
}

static const char *fcntl_name(long command, long argument)
{
	if (command == F_SETFL && phase == PHASE_AGAIN && !(argument & O_NONBLOCK))
		return "fcntl F_SETFL back";
	return command == F_GETFD    ? "fcntl F_GETFD"
	       : command == F_GETFL  ? "fcntl F_GETFL"
	       : command == F_SETFL  ? "fcntl F_SETFL"
	       : command == F_GETSIG ? "fcntl F_GETSIG"
				     : "fcntl F_GETOWN_EX";
}

/* prevent.c sets it for the call, and then back; what a call allowed once it allows twice. */
static bool sets_range_back(long number, const long a[5])
{
	return number == SYS_setsockopt && a[1] == IPPROTO_IP && a[2] == IP_LOCAL_PORT_RANGE &&
	       called;
}

static const char *name_of(long number, const long a[5])
{
	if (sets_range_back(number, a))
		return "setsockopt IP_LOCAL_PORT_RANGE back";
	if (is_statfs(number))
		return "statfs";
	if (is_fcntl(number))
		return fcntl_name(a[1], a[2]);
	if (number == SYS_rt_sigprocmask && a[0] == -1)
		return "rt_sigprocmask -1";
	if (number == SYS_rt_sigprocmask)
		return a[0] == SIG_BLOCK ? "rt_sigprocmask SIG_BLOCK"
					 : "rt_sigprocmask SIG_SETMASK";
	if (number == SYS_rt_sigtimedwait && *(const unsigned long *)a[0])
		return "rt_sigtimedwait SIGPIPE";
	if (number == SYS_connect)
		return ((const struct sockaddr *)a[1])->sa_family ? "connect AF_UNIX"
								  : "connect AF_UNSPEC";
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].number == number)
			return names[i].name;
	return "a system call without a name in phase.c";
}

void phase_name(struct seam_call *call, long number, const long a[5])
{
	advance(number, a);
	call->phase = number == SYS_rt_sigprocmask && a[0] != -1 ? PHASE_SIGNALS : phase;
	snprintf(call->name, sizeof call->name, "%s", name_of(number, a));
	strcpy(call->detail, call->name);
	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		if ((number == SYS_getsockopt || number == SYS_setsockopt) &&
		    options[i].level == a[1] && options[i].option == a[2])
			snprintf(call->detail, sizeof call->detail, "%s %s", call->name,
				 options[i].name);
}
