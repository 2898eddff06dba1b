/* SPDX-License-Identifier: MIT */
/* The TCP sockets of this network namespace, as /proc/net/tcp and /proc/net/tcp6 show them
 * (proc(5)). */
#include "sockets/tcp_sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "message.h"

struct collection {
	bool (*wanted)(const struct procnet_socket *socket);
	struct procnet_socket *sockets;
	size_t count, room;
};

/* The kernel prints each 32 bits of an address as a number of the machine's byte order. */
static bool parse_address(const char *digits, unsigned char *address)
{
	size_t length = strlen(digits);

	if (length != 8 && length != 32)
		return false;
	for (size_t at = 0; at < length; at += 8) {
		char word[9] = "";
		uint32_t value;

		memcpy(word, digits + at, 8);
		value = (uint32_t)strtoul(word, NULL, 16);
		memcpy(address + at / 2, &value, sizeof value);
	}
	return true;
}

static bool parse(const char *line, struct procnet_socket *socket)
{
	char local[33], peer[33];
	unsigned timer;
	unsigned long left;

	if (sscanf(line, " %*u: %32[0-9A-F]:%x %32[0-9A-F]:%x %x %*x:%*x %x:%lx %*x %*u %*u %lu",
		   local, &socket->local_port, peer, &socket->peer_port, &socket->state, &timer,
		   &left, &socket->inode) != 8)
		return false;
	socket->timer = 0;
	if (socket->state == PROCNET_TIME_WAIT) {
		unsigned long ticks = (unsigned long)sysconf(_SC_CLK_TCK);

		socket->timer = (left + ticks - 1) / ticks;
	}
	return parse_address(local, socket->local) && parse_address(peer, socket->peer);
}

static void take(struct collection *collection, const struct procnet_socket *socket)
{
	if (collection->count == collection->room) {
		collection->room = 2 * collection->room + 16;
		collection->sockets = memory_or_exit(
			realloc(collection->sockets, collection->room * sizeof *socket));
	}
	collection->sockets[collection->count++] = *socket;
}

static int read_file(const char *path, int family, struct collection *collection)
{
	FILE *file = fopen(path, "re");
	char line[512];

	if (!file)
		return -errno;
	while (fgets(line, sizeof line, file)) {
		struct procnet_socket socket = {.family = family};

		if (parse(line, &socket) && collection->wanted(&socket))
			take(collection, &socket);
	}
	fclose(file);
	return 0;
}

int procnet_read(bool (*wanted)(const struct procnet_socket *socket),
		 struct procnet_socket **sockets, size_t *count)
{
	struct collection collection = {.wanted = wanted};
	int error = read_file("/proc/net/tcp", AF_INET, &collection);

	if (read_file("/proc/net/tcp6", AF_INET6, &collection) == 0)
		error = 0;
	*sockets = collection.sockets;
	*count = collection.count;
	return error;
}

const char *procnet_address(const struct procnet_socket *socket)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(socket->family, socket->local, text, sizeof text);
	return message_format("%s", text);
}

const char *procnet_local(const struct procnet_socket *socket)
{
	return message_format(socket->family == AF_INET6 ? "[%s]:%u" : "%s:%u",
			      procnet_address(socket), socket->local_port);
}
