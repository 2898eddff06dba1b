/* SPDX-License-Identifier: MIT */
/* The soak's ways to connect: every door, every kind of address, blocking or not, TCP and MPTCP. */
#include "soak.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MPTCP = 262 };

/* What a door takes: each does with it what it can. */
struct call {
	int fd;
	struct sockaddr *address;
	socklen_t length;
	struct iovec data;
	bool bare;
};

typedef int connector(int, const struct sockaddr *, socklen_t);

static long by_connect(const struct call *c)
{
	return c->bare ? syscall(SYS_connect, c->fd, c->address, c->length)
		       : connect(c->fd, c->address, c->length);
}

/* It is in no header, and not in every libc; the shim has it. */
static long by_other_connect(const struct call *c)
{
	connector *other;

	if (c->bare)
		return by_connect(c);
	*(void **)&other = dlsym(RTLD_DEFAULT, "__connect");
	return other ? other(c->fd, c->address, c->length) : connect(c->fd, c->address, c->length);
}

static const int flags = MSG_FASTOPEN | MSG_NOSIGNAL;

static long by_sendto(const struct call *c)
{
	const struct iovec *d = &c->data;

	return c->bare ? syscall(SYS_sendto, c->fd, d->iov_base, d->iov_len, flags, c->address,
				 c->length)
		       : sendto(c->fd, d->iov_base, d->iov_len, flags, c->address, c->length);
}

static struct mmsghdr message_of(struct call *c)
{
	return (struct mmsghdr){.msg_hdr = {.msg_name = c->address,
					    .msg_namelen = c->length,
					    .msg_iov = &c->data,
					    .msg_iovlen = 1}};
}

static long by_sendmsg(const struct call *c)
{
	struct call copy = *c;
	struct mmsghdr message = message_of(&copy);

	return c->bare ? syscall(SYS_sendmsg, c->fd, &message.msg_hdr, flags)
		       : sendmsg(c->fd, &message.msg_hdr, flags);
}

static long by_sendmmsg(const struct call *c)
{
	struct call copy = *c;
	struct mmsghdr message = message_of(&copy);
	long sent = c->bare ? syscall(SYS_sendmmsg, c->fd, &message, 1, flags)
			    : sendmmsg(c->fd, &message, 1, flags);

	return sent == 1 ? (long)message.msg_len : sent;
}

static const struct {
	const char *name;
	long (*call)(const struct call *);
} doors[] = {
	{"connect", by_connect}, {"__connect", by_other_connect}, {"sendto", by_sendto},
	{"sendmsg", by_sendmsg}, {"sendmmsg", by_sendmmsg},
};

static const char *const addresses[] = {"127.0.0.1", "0.0.0.0",          "::1",
					"::",        "::ffff:127.0.0.1", "::ffff:0.0.0.0"};

struct soak_way soak_way(unsigned number)
{
	return (struct soak_way){.door = number % 5,
				 .address = number / 5 % 6,
				 .blocking = number / 30 % 2,
				 .mptcp = number / 60 % 2};
}

const char *soak_way_name(struct soak_way way, char *name, size_t size)
{
	snprintf(name, size, "%s %s %s %s", doors[way.door].name, addresses[way.address],
		 way.blocking ? "blocking" : "non-blocking", way.mptcp ? "mptcp" : "tcp");
	return name;
}

bool soak_way_sends(struct soak_way way)
{
	return doors[way.door].call != by_connect && doors[way.door].call != by_other_connect;
}

static bool is_ipv6(struct soak_way way)
{
	return strchr(addresses[way.address], ':') != NULL;
}

int soak_way_open(struct soak_way way)
{
	return socket(is_ipv6(way) ? AF_INET6 : AF_INET,
		      SOCK_STREAM | (way.blocking ? 0 : SOCK_NONBLOCK), way.mptcp ? MPTCP : 0);
}

static socklen_t address_of(struct soak_way way, unsigned port, struct sockaddr_in6 *in6)
{
	struct sockaddr_in *in = (void *)in6;

	memset(in6, 0, sizeof *in6);
	if (is_ipv6(way)) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons((in_port_t)port);
		inet_pton(AF_INET6, addresses[way.address], &in6->sin6_addr);
		return sizeof *in6;
	}
	in->sin_family = AF_INET;
	in->sin_port = htons((in_port_t)port);
	inet_pton(AF_INET, addresses[way.address], &in->sin_addr);
	return sizeof *in;
}

bool soak_wait(int fd, short events)
{
	struct pollfd ready = {.fd = fd, .events = events};
	int result;

	do
		result = poll(&ready, 1, SOAK_PATIENCE_S * 1000);
	while (result < 0 && errno == EINTR);
	return result == 1;
}

int soak_way_connect(int fd, struct soak_way way, unsigned port, const char *data, size_t size,
		     size_t *sent, bool bare)
{
	struct sockaddr_in6 to;
	struct call call = {.fd = fd, .length = address_of(way, port, &to), .bare = bare};
	socklen_t length = sizeof(int);
	int error;
	long result;

	call.address = (void *)&to;
	call.data = (struct iovec){(void *)(size_t)data, size};
	result = doors[way.door].call(&call);
	*sent = result > 0 ? (size_t)result : 0;
	/* After EINTR the connection goes on being made, too (connect(2)). */
	if (result < 0 && errno != EINPROGRESS && errno != EINTR)
		return errno;
	/* Data may have gone with the SYN: then the call succeeds before the connection does. */
	if (!soak_wait(fd, POLLOUT))
		return ETIMEDOUT;
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) ? errno : error;
}

void soak_reset(int fd)
{
	struct sockaddr unspecified = {.sa_family = AF_UNSPEC};

	syscall(SYS_connect, fd, &unspecified, sizeof unspecified);
	close(fd);
}
