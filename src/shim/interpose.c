/* SPDX-License-Identifier: MIT */
/* The doors: the functions of libc that connect. They decide nothing. */
#include <stddef.h>
#include <sys/auxv.h>
#include <sys/socket.h>
#include <unistd.h>

#include "guard.h"
#include "libc.h"
#include "report.h"
#include "settings.h"

#define DOOR __attribute__((visibility("default")))

/* glibc declares the address as a transparent union of pointers; defining it as POSIX has it is GNU C. */
#pragma GCC diagnostic ignored "-Wpedantic"

DOOR int connect(int fd, const struct sockaddr *address, socklen_t length);
DOOR int __connect(int fd, const struct sockaddr *address, socklen_t length);

/*
 * When the library is loaded: here dlsym is safe and the environment still what it was at the start. A door
 * that is used earlier, by another library's constructor, does the same then.
 */
__attribute__((constructor)) static void load(void)
{
	if (nsc_libc.connect)
		return;
	if (!getauxval(AT_SECURE))
		nsc_settings_read(environ);
	nsc_libc_find();
	nsc_report_start();
}

static long make_connect(const struct nsc_call *call)
{
	return nsc_libc.connect(call->fd, call->destination, call->length);
}

int connect(int fd, const struct sockaddr *address, socklen_t length)
{
	struct nsc_call call = {make_connect, fd, address, length};

	if (!nsc_libc.connect)
		load();
	return (int)nsc_guard(&call);
}

/* glibc's other name for it. The next library's connect() serves both: not all have this one. */
__attribute__((alias("connect"))) int __connect(int fd, const struct sockaddr *address, socklen_t length);
