/* SPDX-License-Identifier: MIT */
/* Which part of a guarded call a system call belongs to, and what it is called. */
#include "phase.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "kernel_constants.h"

const char phase_names[PHASES][12] = {"call",    "range",   "detect",     "salvage", "tear down",
				      "hold",    "evade",   "sharing",    "twin",    "replace",
				      "restore", "signals", "call again", "report"};

static int holder, twin;
static enum phase phase, before_range;
static bool called;

void phase_begin(void)
{
	holder = twin = -1;
	phase = PHASE_CALL;
	called = false;
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

static bool is_salvaged(long level, long option)
{
	return (level == SOL_SOCKET && option == SO_PEEK_OFF) ||
	       (level == IPPROTO_TCP && (option == TCP_MAXSEG || option == TCP_WINDOW_CLAMP ||
					 option == TCP_RTO_MIN_US || option == TCP_DELACK_MAX_US));
}

static bool is_phase(enum phase from, enum phase to)
{
	return phase >= from && phase <= to;
}

static bool is_fcntl(long number)
{
#ifdef SYS_fcntl64
	if (number == SYS_fcntl64)
		return true;
#endif
	return number == SYS_fcntl;
}

static void enter_range(void)
{
	before_range = phase;
	phase = PHASE_RANGE;
}

/* A repair is what signals are held off for, and a report, which has begun before. */
static void advance_by_mask(long how)
{
	if (how == SIG_BLOCK && phase == PHASE_DETECT)
		phase = PHASE_SALVAGE;
	else if (how == SIG_SETMASK && is_phase(PHASE_SALVAGE, PHASE_RESTORE))
		phase = PHASE_AGAIN;
}

/* The landmarks: calls that a part begins with. */
static void advance_by_option(const long a[5])
{
	if (is_phase(PHASE_HOLD, PHASE_REPLACE) && is_salvaged(a[1], a[2]))
		phase = PHASE_RESTORE;
	else if (is_phase(PHASE_TEAR_DOWN, PHASE_HOLD) && a[1] == SOL_SOCKET &&
		 a[2] == SO_NETNS_COOKIE)
		phase = PHASE_HOLD;
	else if (is_phase(PHASE_HOLD, PHASE_SHARING) && a[1] == SOL_SOCKET && a[2] == SO_PROTOCOL)
		phase = PHASE_TWIN;
}

static void advance_by_fcntl(const long a[5])
{
	if (a[1] == F_GETFD)
		phase = PHASE_REPLACE;
}

static bool is_statfs(long number)
{
#ifdef SYS_statfs64
	return number == SYS_statfs64;
#else
	return number == SYS_statfs;
#endif
}

/* The calls of procfs.c. */
static bool is_procfs(long number)
{
	return number == SYS_openat || number == SYS_read || number == SYS_close ||
	       is_statfs(number);
}

static void advance(long number, const long a[5])
{
	if (phase == PHASE_RANGE && !is_procfs(number) && number != SYS_rt_sigprocmask)
		phase = before_range;
	if (number == SYS_getpid)
		phase = PHASE_REPORT;
	else if (number == SYS_getsockname &&
		 (phase == PHASE_CALL || phase == PHASE_AGAIN || phase == PHASE_REPORT))
		phase = PHASE_DETECT;
	else if (phase == PHASE_REPORT)
		phase = number == SYS_getsockopt ? PHASE_SALVAGE : PHASE_REPORT;
	else if (number == SYS_openat && phase == PHASE_CALL)
		enter_range();
	else if (number == SYS_rt_sigprocmask)
		advance_by_mask(a[0]);
	else if (number == SYS_connect)
		phase = PHASE_TEAR_DOWN;
	else if (number == SYS_socket)
		phase = phase == PHASE_TEAR_DOWN ? PHASE_HOLD : PHASE_TWIN;
	else if (number == SYS_getsockname && is_phase(PHASE_TEAR_DOWN, PHASE_HOLD))
		phase = PHASE_EVADE;
	else if (is_phase(PHASE_TEAR_DOWN, PHASE_HOLD) && number == SYS_openat)
		phase = PHASE_SHARING;
	else if (number == SYS_getsockopt || number == SYS_setsockopt)
		advance_by_option(a);
	else if (is_fcntl(number))
		advance_by_fcntl(a);
}

static const char *name_of(long number)
{
	static const struct {
		long number;
		char name[16];
	} names[] = {
		{SYS_bind, "bind"},
		{SYS_close, "close"},
		{SYS_dup3, "dup3"},
		{SYS_getdents64, "getdents64"},
		{SYS_getpeername, "getpeername"},
		{SYS_getpid, "getpid"},
		{SYS_getsockname, "getsockname"},
		{SYS_getsockopt, "getsockopt"},
		{SYS_io_uring_enter, "io_uring_enter"},
		{SYS_openat, "openat"},
		{SYS_ppoll, "ppoll"},
		{SYS_prctl, "prctl"},
		{SYS_read, "read"},
		{SYS_readlinkat, "readlinkat"},
		{SYS_rt_sigaction, "rt_sigaction"},
		{SYS_rt_sigpending, "rt_sigpending"},
		{SYS_rt_sigtimedwait, "rt_sigtimedwait"},
		{SYS_setsockopt, "setsockopt"},
		{SYS_socket, "socket"},
		{SYS_statx, "statx"},
		{SYS_waitid, "waitid"},
		{SYS_write, "write"},
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].number == number)
			return names[i].name;
	return NULL;
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

/* Those that are asked or set alone, and matter each for itself. */
static const char *option_name(long level, long option)
{
	static const struct {
		int level, option;
		char name[20];
	} names[] = {
		{SOL_SOCKET, SO_PROTOCOL, " SO_PROTOCOL"},
		{IPPROTO_TCP, TCP_REPAIR, " TCP_REPAIR"},
		{SOL_SOCKET, SO_ERROR, " SO_ERROR"},
		{SOL_SOCKET, SO_NETNS_COOKIE, " SO_NETNS_COOKIE"},
		{SOL_SOCKET, SO_REUSEADDR, " SO_REUSEADDR"},
	};

	if (phase != PHASE_DETECT && phase != PHASE_TEAR_DOWN && phase != PHASE_HOLD)
		return "";
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].level == level && names[i].option == option)
			return names[i].name;
	return "";
}

void phase_name(struct seam_call *call, long number, const long a[5])
{
	const char *name = name_of(number), *option = "";

	advance(number, a);
	call->phase = phase;
	if (number == SYS_close && a[0] == holder)
		call->phase = PHASE_HOLD;
	else if (number == SYS_close && a[0] == twin)
		call->phase = PHASE_TWIN;
	else if (number == SYS_rt_sigprocmask)
		call->phase = PHASE_SIGNALS;
	if (is_statfs(number))
		name = "statfs";
	else if (is_fcntl(number))
		name = fcntl_name(a[1], a[2]);
	else if (number == SYS_rt_sigprocmask)
		name = a[0] == SIG_BLOCK ? "rt_sigprocmask SIG_BLOCK"
					 : "rt_sigprocmask SIG_SETMASK";
	else if (number == SYS_rt_sigtimedwait && *(const unsigned long *)a[0])
		name = "rt_sigtimedwait SIGPIPE";
	else if (number == SYS_connect)
		name = ((const struct sockaddr *)a[1])->sa_family ? "connect AF_UNIX"
								  : "connect AF_UNSPEC";
	else if (number == SYS_getsockopt || number == SYS_setsockopt)
		option = option_name(a[1], a[2]);
	if (name)
		snprintf(call->name, sizeof call->name, "%s", name);
	else
		snprintf(call->name, sizeof call->name, "system call %ld", number);
	snprintf(call->detail, sizeof call->detail, "%s%s", call->name, option);
}

void phase_result(long number, long result)
{
	if (number == SYS_socket && phase == PHASE_HOLD)
		holder = (int)result;
	if (number == SYS_socket && phase == PHASE_TWIN)
		twin = (int)result;
}
