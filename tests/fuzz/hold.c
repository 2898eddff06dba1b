/* SPDX-License-Identifier: MIT */
/*
 * Keeps the kernel from choosing a port. The reference uses it to get a connect() without
 * self-connections.
 */
#include "hold.h"

#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "place.h"

static int fresh_socket(const struct fuzz_name *local)
{
	static const struct linger at_once = {1, 0};
	sa_family_t family;
	int fd;

	memcpy(&family, local->bytes, sizeof family);
	fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	return fuzz_put_away(fd);
}

static struct sockaddr *address_of(const struct fuzz_name *local, struct sockaddr_storage *room)
{
	memset(room, 0, sizeof *room);
	memcpy(room, local->bytes, sizeof local->bytes);
	return (struct sockaddr *)room;
}

/* connect() does not choose a bound port. */
static bool hold_by_bind(int fd, const struct fuzz_name *local)
{
	static const int on = 1;
	struct sockaddr_storage room;

	return bind(fd, address_of(local, &room), local->length) == 0 &&
	       setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0;
}

/*
 * If other sockets have connections from the port, a self-connected socket occupies it in place of
 * the program's: only one socket can have a given pair of addresses.
 */
static bool hold_by_connection(int fd, const struct fuzz_name *local)
{
	static const int on = 1;
	struct sockaddr_storage room, have = {0};
	struct sockaddr *address = address_of(local, &room);
	struct sockaddr_in *in = (struct sockaddr_in *)&room;
	in_port_t port = in->sin_port;
	socklen_t length = sizeof have;

	in->sin_port = 0;
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
	if (bind(fd, address, local->length))
		return false;
	in->sin_port = port;
	return connect(fd, address, local->length) == 0 &&
	       getpeername(fd, (struct sockaddr *)&have, &length) == 0 &&
	       getsockname(fd, (struct sockaddr *)&have, &length) == 0 &&
	       ((struct sockaddr_in *)&have)->sin_port == port;
}

struct fuzz_hold fuzz_hold(const struct fuzz_name *local)
{
	struct fuzz_hold hold = {fresh_socket(local), false};

	if (hold.fd < 0)
		return hold;
	hold.by_bind = hold_by_bind(hold.fd, local);
	if (!hold.by_bind && !hold_by_connection(hold.fd, local))
		fuzz_release(&hold);
	return hold;
}

void fuzz_release(struct fuzz_hold *hold)
{
	if (hold->fd >= 0)
		close(hold->fd);
	hold->fd = -1;
}

static bool binds_elsewhere(const struct fuzz_name *local, struct sockaddr *address, in_port_t port)
{
	struct sockaddr_in *in = (struct sockaddr_in *)address;
	socklen_t length = local->length;
	int fd = fresh_socket(local);
	bool elsewhere;

	in->sin_port = 0;
	elsewhere = fd >= 0 && bind(fd, address, length) == 0 &&
		    getsockname(fd, address, &length) == 0 && in->sin_port != port;
	if (fd >= 0)
		close(fd);
	return elsewhere;
}

bool fuzz_has_other_port(const struct fuzz_name *local)
{
	struct sockaddr_storage room, any = {0};
	struct sockaddr *address = address_of(local, &room);

	any.ss_family = room.ss_family;
	return binds_elsewhere(local, (struct sockaddr *)&any,
			       ((struct sockaddr_in *)&room)->sin_port) &&
	       binds_elsewhere(local, address, ((struct sockaddr_in *)&room)->sin_port);
}

void fuzz_unbind(int fd)
{
	static const struct sockaddr none = {.sa_family = AF_UNSPEC};
	socklen_t size = sizeof(int);
	int pending;

	connect(fd, &none, sizeof none);
	getsockopt(fd, SOL_SOCKET, SO_ERROR, &pending, &size);
}
