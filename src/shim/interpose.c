/* SPDX-License-Identifier: MIT */
/* The doors: the functions of libc that connect. They decide nothing; guard.c does. */

/* With 64-bit time on a 32-bit machine glibc's headers would rename sendmsg() and sendmmsg() below.
 */
#undef _TIME_BITS

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "forks.h"
#include "guard.h"
#include "imports.h"
#include "prevent.h"
#include "real.h"
#include "report.h"
#include "settings.h"

#define DOOR __attribute__((visibility("default")))

/* For functions that need a stack frame, which calls without a need for it should not pay. */
#define NOINLINE __attribute__((noinline))

/* glibc declares addresses as transparent unions of pointers. Defining such a function with POSIX's
 * types is GNU C. */
#pragma GCC diagnostic ignored "-Wpedantic"

/* libc's declarations do not export them.
 * NOLINTBEGIN(readability-redundant-declaration) */
DOOR int connect(int fd, const struct sockaddr *address, socklen_t length);
DOOR int __connect(int fd, const struct sockaddr *address, socklen_t length);
DOOR ssize_t sendto(int fd, const void *data, size_t size, int flags,
		    const struct sockaddr *address, socklen_t length);
DOOR ssize_t sendmsg(int fd, const struct msghdr *message, int flags);
DOOR ssize_t __sendmsg64(int fd, const struct msghdr *message, int flags);
DOOR int sendmmsg(int fd, struct mmsghdr *messages, unsigned count, nsc_sendmmsg_flags flags);
DOOR int __sendmmsg64(int fd, struct mmsghdr *messages, unsigned count, nsc_sendmmsg_flags flags);
/* NOLINTEND(readability-redundant-declaration) */

/* Acquire: a thread that sees `connect` sees all that load() wrote before, in any thread. */
static bool is_loaded(void)
{
	return __builtin_expect(__atomic_load_n(&nsc_real.connect, __ATOMIC_ACQUIRE) != NULL, true);
}

/*
 * While the library is loaded, dlsym() is safe and the environment unchanged since the start. If
 * another library's constructor uses a door earlier, that door loads.
 */
static void load_with(char *const *environment)
{
	if (is_loaded())
		return;
	/* Without getauxval() the program may be one with raised privileges. */
	if (getauxval && !getauxval(AT_SECURE))
		nsc_settings_read(environment);
	nsc_prevent_choose(&nsc_settings);
	nsc_report_start();
	nsc_forks_watch();
	/* Last: it publishes all of these. */
	nsc_real_find();
}

static void load(void)
{
	load_with(&environ ? environ : NULL);
}

/*
 * glibc passes the arguments of main() to constructors. The library needs no libc, so this one may
 * run before libc's own, which sets environ. Other libcs pass nothing and have set environ.
 */
__attribute__((constructor)) static void construct(int count, char **arguments, char **environment)
{
	(void)count;
	(void)arguments;
	if (gnu_get_libc_version)
		load_with(environment);
	else
		load(); /* GCOVR_EXCL_LINE: musl */
}

static void be_loaded(void)
{
	if (!is_loaded())
		load();
}

struct connect_call {
	struct nsc_call call;
	const struct sockaddr *address;
	socklen_t length;
};

static long make_connect(const struct nsc_call *call)
{
	const struct connect_call *c = (const void *)call;

	return nsc_real.connect(call->fd, c->address, c->length);
}

NOINLINE static int guard_connect(int fd, const struct sockaddr *address, socklen_t length,
				  int result, int before)
{
	struct connect_call c = {{.make = make_connect, .fd = fd}, address, length};

	return (int)nsc_guard_after(&c.call, address, length, result, before);
}

static const struct sockaddr *connect_destination(const struct nsc_call *call, socklen_t *length)
{
	const struct connect_call *c = (const void *)call;

	*length = c->length;
	return c->address;
}

NOINLINE static int prevent_connect(int fd, const struct sockaddr *address, socklen_t length)
{
	struct connect_call c = {
		{.make = make_connect, .destination = connect_destination, .fd = fd},
		address,
		length};

	return (int)nsc_guard_call(&c.call);
}

int connect(int fd, const struct sockaddr *address, socklen_t length)
{
	int before, result;

	be_loaded();
	if (__builtin_expect(__atomic_load_n(&nsc_prevents, __ATOMIC_RELAXED), false))
		return prevent_connect(fd, address, length);
	before = errno;
	result = nsc_real.connect(fd, address, length);
	if (nsc_guard_needed_after(result < 0, address, length))
		return guard_connect(fd, address, length, result, before);
	return result;
}

/* glibc's other name for it. The next library's connect() serves both, as some lack this name. */
__attribute__((alias("connect"))) int __connect(int fd, const struct sockaddr *address,
						socklen_t length);

/*
 * The others connect only with MSG_FASTOPEN (tcp(7)). The call carries data; the retry carries them
 * again. Without that flag a door is a tail call, and the rest is out of line.
 */

struct sendto_call {
	struct connect_call to;
	const void *data;
	size_t size;
	int flags;
};

static long make_sendto(const struct nsc_call *call)
{
	const struct sendto_call *c = (const void *)call;

	return nsc_real.sendto(call->fd, c->data, c->size, c->flags, c->to.address, c->to.length);
}

static const struct sockaddr *sendto_destination(const struct nsc_call *call, socklen_t *length)
{
	const struct sendto_call *c = (const void *)call;

	/* For sendto(2) NULL alone means no address, whatever the length. */
	*length = c->to.address ? c->to.length : 0;
	return c->to.address;
}

NOINLINE static ssize_t guard_sendto(int fd, const void *data, size_t size, int flags,
				     const struct sockaddr *address, socklen_t length)
{
	struct sendto_call c = {{{.make = make_sendto, .destination = sendto_destination, .fd = fd},
				 address,
				 length},
				data,
				size,
				flags};

	be_loaded();
	return (flags & MSG_FASTOPEN) ? nsc_guard_call(&c.to.call)
				      : nsc_real.sendto(fd, data, size, flags, address, length);
}

ssize_t sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *address,
	       socklen_t length)
{
	if (is_loaded() && !(flags & MSG_FASTOPEN))
		return nsc_real.sendto(fd, data, size, flags, address, length);
	return guard_sendto(fd, data, size, flags, address, length);
}

struct sendmsg_call {
	struct nsc_call call;
	const struct msghdr *message;
	int flags;
};

static long make_sendmsg(const struct nsc_call *call)
{
	const struct sendmsg_call *c = (const void *)call;

	return nsc_real.sendmsg(call->fd, c->message, c->flags);
}

static const struct sockaddr *sendmsg_destination(const struct nsc_call *call, socklen_t *length)
{
	const struct sendmsg_call *c = (const void *)call;

	*length = c->message->msg_name ? c->message->msg_namelen : 0;
	return c->message->msg_name;
}

NOINLINE static ssize_t guard_sendmsg(int fd, const struct msghdr *message, int flags)
{
	struct sendmsg_call c = {{.make = make_sendmsg,
				  .destination = sendmsg_destination,
				  .message = message,
				  .message_size = sizeof *message,
				  .fd = fd},
				 message,
				 flags};

	be_loaded();
	return (flags & MSG_FASTOPEN) ? nsc_guard_call(&c.call)
				      : nsc_real.sendmsg(fd, message, flags);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	if (is_loaded() && !(flags & MSG_FASTOPEN))
		return nsc_real.sendmsg(fd, message, flags);
	return guard_sendmsg(fd, message, flags);
}

/* The name in 32-bit programs with 64-bit time. glibc has one function for both, too. */
__attribute__((alias("sendmsg"))) ssize_t __sendmsg64(int fd, const struct msghdr *message,
						      int flags);

struct sendmmsg_call {
	struct nsc_call call;
	struct mmsghdr *messages;
	unsigned count;
	nsc_sendmmsg_flags flags;
};

static long make_sendmmsg(const struct nsc_call *call)
{
	const struct sendmmsg_call *c = (const void *)call;

	return nsc_real.sendmmsg(call->fd, c->messages, c->count, c->flags);
}

/* Only the first message can connect. The others find the socket connected. */
static const struct sockaddr *sendmmsg_destination(const struct nsc_call *call, socklen_t *length)
{
	const struct sendmmsg_call *c = (const void *)call;

	*length = 0;
	/* With a count of 0 the pointer may be anything. */
	if (c->count && c->messages->msg_hdr.msg_name)
		*length = c->messages->msg_hdr.msg_namelen;
	return *length ? c->messages->msg_hdr.msg_name : NULL;
}

NOINLINE static int guard_sendmmsg(int fd, struct mmsghdr *messages, unsigned count,
				   nsc_sendmmsg_flags flags)
{
	struct sendmmsg_call c = {{.make = make_sendmmsg,
				   .destination = sendmmsg_destination,
				   .message = count ? messages : NULL,
				   .message_size = sizeof *messages,
				   .fd = fd},
				  messages,
				  count,
				  flags};

	be_loaded();
	return (flags & MSG_FASTOPEN) ? (int)nsc_guard_call(&c.call)
				      : nsc_real.sendmmsg(fd, messages, count, flags);
}

int sendmmsg(int fd, struct mmsghdr *messages, unsigned count, nsc_sendmmsg_flags flags)
{
	if (is_loaded() && !(flags & MSG_FASTOPEN))
		return nsc_real.sendmmsg(fd, messages, count, flags);
	return guard_sendmmsg(fd, messages, count, flags);
}

__attribute__((alias("sendmmsg"))) int __sendmmsg64(int fd, struct mmsghdr *messages,
						    unsigned count, nsc_sendmmsg_flags flags);
