/* SPDX-License-Identifier: MIT */
/* The ports that the kernel chooses source ports from (ip(7)), and those it leaves out. */
#include "sockets/port_range.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "message.h"

#define RANGE    "/proc/sys/net/ipv4/ip_local_port_range"
#define RESERVED "/proc/sys/net/ipv4/ip_local_reserved_ports"

enum {
	READ_FIRST = 1 << 16, /* more than any list but the strangest */
	WRITE_MOST = 1000     /* below every page size */
};

/* Returns the number of bytes, or -errno. */
static ssize_t read_once(const char *path, char *text, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size;

	if (fd < 0)
		return -errno;
	size = read(fd, text, room);
	if (size < 0)
		size = -errno;
	close(fd);
	return size;
}

/*
 * Reads a whole sysctl into *text, from malloc. These files answer only the first read(2), so stdio
 * cannot read them: a list longer than its buffer would be cut off. Returns 0 or -errno, with NULL
 * in *text then.
 */
static int read_sysctl(const char *path, char **text)
{
	for (size_t room = READ_FIRST;; room *= 2) {
		ssize_t size;

		*text = memory_or_exit(malloc(room));
		size = read_once(path, *text, room);
		if (size >= 0 && (size_t)size < room) {
			(*text)[size] = '\0';
			return 0;
		}
		free(*text);
		*text = NULL;
		if (size < 0)
			return (int)size;
	}
}

int port_range_read_reserved(struct portset *reserved)
{
	char *list;
	int error = read_sysctl(RESERVED, &list);

	if (!list)
		return error;
	memset(reserved, 0, sizeof *reserved);
	if (!portset_add(reserved, list))
		error = -EINVAL;
	free(list);
	return error;
}

bool port_range_read(struct port_range *range)
{
	char *text;
	int error = read_sysctl(RANGE, &text);

	if (text) {
		if (sscanf(text, "%u %u", &range->low, &range->high) != 2 ||
		    range->low > range->high || range->high > PORT_MOST)
			error = -EINVAL;
		free(text);
	}
	if (error) {
		message_error("cannot read " RANGE ": %s", strerror(-error));
		return false;
	}
	error = port_range_read_reserved(&range->reserved);
	if (error)
		message_error("cannot read " RESERVED ": %s", strerror(-error));
	return !error;
}

/*
 * Writes the list in pieces of whole entries. A write at position 0 replaces the set; a write
 * anywhere else adds to it (proc_do_large_bitmap() in the kernel). Of a piece that is longer than a
 * page, the kernel takes only a part. A line without its newline fails at times with EINVAL.
 */
static int write_list(int fd, const char *list)
{
	while (*list) {
		size_t size = strlen(list);
		char *line;
		ssize_t written;
		int error = 0;

		if (size > WRITE_MOST)
			for (size = WRITE_MOST; list[size] != ','; size--)
				;
		line = message_format("%.*s\n", (int)size, list);
		written = pwrite(fd, line, size + 1, 1);
		if (written != (ssize_t)(size + 1))
			error = written < 0 ? -errno : -EIO;
		free(line);
		if (error)
			return error;
		list += size + (list[size] == ',');
	}
	return 0;
}

int port_range_reserve(const struct portset *ports)
{
	static struct portset after;
	int fd = open(RESERVED, O_WRONLY | O_CLOEXEC), error;
	char *list;

	if (fd < 0)
		return -errno;
	list = portset_list(ports);
	error = write_list(fd, list);
	free(list);
	close(fd);
	if (!error)
		error = port_range_read_reserved(&after);
	if (!error && !portset_contains(&after, ports))
		error = -EIO;
	return error;
}

bool port_range_offers(const struct port_range *range, unsigned port)
{
	return port >= range->low && port <= range->high && !range->reserved.has[port];
}

bool port_range_first_half(const struct port_range *range, unsigned port)
{
	return (port - range->low) % 2 == 0;
}

unsigned port_range_half(const struct port_range *range)
{
	unsigned size = range->high - range->low + 1;

	/* If the number of ports is odd, the kernel leaves out the last one. */
	return size == 1 ? 1 : size / 2;
}
