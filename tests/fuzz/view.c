/* SPDX-License-Identifier: MIT */
/* The state of the descriptors, as far as a program can see it. */
#include "view.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/un.h>

#include "kernel_constants.h"
#include "settings.h"

/*
 * The kernel chooses two names at random: the port of a process's second netlink socket, and the
 * name of a Unix socket that binds to none.
 */
static void strip(struct fuzz_name *name)
{
	enum { AUTOBOUND = offsetof(struct sockaddr_un, sun_path) + 6 };
	struct sockaddr_nl nl;
	sa_family_t family;

	memcpy(&family, name->bytes, sizeof family);
	memcpy(&nl, name->bytes, sizeof nl);
	if (family == AF_NETLINK && (int)nl.nl_pid < 0)
		memset(name->bytes + offsetof(struct sockaddr_nl, nl_pid), 0xff, sizeof nl.nl_pid);
	if (family == AF_UNIX && name->length == AUTOBOUND && name->bytes[2] == 0)
		memset(name->bytes + 2, 0, sizeof name->bytes - 2);
}

static void ask(int (*which)(int, struct sockaddr *, socklen_t *), int fd, struct fuzz_name *name)
{
	struct sockaddr_storage room = {0};
	socklen_t length = sizeof room;

	memset(name, 0, sizeof *name);
	if (which(fd, (struct sockaddr *)&room, &length)) {
		name->error = errno;
		return;
	}
	name->length = length;
	memcpy(name->bytes, &room, length < sizeof name->bytes ? length : sizeof name->bytes);
	strip(name);
}

static int local_of(int fd, struct sockaddr *address, socklen_t *length)
{
	return getsockname(fd, address, length);
}

static int peer_of(int fd, struct sockaddr *address, socklen_t *length)
{
	return getpeername(fd, address, length);
}

int fuzz_tcp_state(int fd)
{
	unsigned char state = 0; /* tcpi_state is the first byte */
	socklen_t size = sizeof state;

	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &state, &size) ? -errno : state;
}

static int queued(int fd, unsigned long request)
{
	int size = 0;

	return ioctl(fd, request, &size) ? -errno : size;
}

static void look_at(struct fuzz_view *view)
{
	int fd = view->fd;

	view->status = fcntl(fd, F_GETFL);
	view->close_on_exec = fcntl(fd, F_GETFD);
	ask(local_of, fd, &view->local);
	if (view->local.error == ENOTSOCK)
		return;
	ask(peer_of, fd, &view->peer);
	view->state = fuzz_tcp_state(fd);
	view->unread = queued(fd, SIOCINQ);
	view->unsent = queued(fd, SIOCOUTQ);
	view->owner = fcntl(fd, F_GETOWN);
	view->signal = fcntl(fd, F_GETSIG);
}

unsigned fuzz_look(struct fuzz_view *view)
{
	struct pollfd number[FUZZ_NUMBERS];
	unsigned open = 0;

	for (int i = 0; i < FUZZ_NUMBERS; i++)
		number[i] =
			(struct pollfd){fuzz_base + i, POLLIN | POLLOUT | POLLPRI | POLLRDHUP, 0};
	poll(number, FUZZ_NUMBERS, 0);
	for (int i = 0; i < FUZZ_NUMBERS; i++) {
		if (number[i].revents & POLLNVAL)
			continue;
		memset(&view[open], 0, sizeof *view);
		view[open].fd = number[i].fd;
		view[open].ready = number[i].revents;
		look_at(&view[open++]);
	}
	return open;
}

static void read_value(struct fuzz_value *value, int fd, int level, int option)
{
	unsigned char bytes[256] = {0};
	socklen_t size = sizeof bytes;

	memset(value, 0, sizeof *value);
	value->fd = fd;
	value->level = level;
	value->option = option;
	if (getsockopt(fd, level, option, bytes, &size)) {
		value->error = errno;
		return;
	}
	value->size = size;
	memcpy(value->bytes, bytes, sizeof value->bytes);
}

static unsigned read_all(int fd, struct fuzz_value *value, unsigned room)
{
	static const struct {
		int level, numbers;
	} levels[] = {{SOL_SOCKET, 90}, {IPPROTO_TCP, 50}, {IPPROTO_IP, 60}, {IPPROTO_IPV6, 85}};
	unsigned count = 0;

	for (unsigned i = 0; i < sizeof levels / sizeof *levels; i++)
		for (int option = 1; option <= levels[i].numbers; option++)
			if (fuzz_setting_compared(levels[i].level, option) && count < room)
				read_value(&value[count++], fd, levels[i].level, option);
	return count;
}

unsigned fuzz_look_closely(int fd, enum fuzz_depth depth, struct fuzz_value *value, unsigned room)
{
	static const int kind[] = {SO_TYPE, SO_DOMAIN, SO_PROTOCOL, SO_ACCEPTCONN};
	unsigned count = 0;

	if (room == 0)
		return 0;
	read_value(&value[count++], fd, SOL_SOCKET, SO_ERROR);
	if (value[0].error == ENOTSOCK || depth == FUZZ_PENDING)
		return count;
	for (unsigned i = 0; i < sizeof kind / sizeof *kind && count < room; i++)
		read_value(&value[count++], fd, SOL_SOCKET, kind[i]);
	if (depth == FUZZ_ALL)
		return count + read_all(fd, value + count, room - count);
	for (size_t i = 0; i < fuzz_setting_count && count < room; i++)
		read_value(&value[count++], fd, fuzz_settings[i].level, fuzz_settings[i].option);
	read_value(&value[count < room ? count++ : 0], fd, SOL_SOCKET, SO_BUF_LOCK);
	return count;
}

uint64_t fuzz_cookie(int fd)
{
	uint64_t cookie = 0;
	socklen_t size = sizeof cookie;

	return getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size) ? 0 : cookie;
}
