/* SPDX-License-Identifier: MIT */
/* Which processes have a socket open, by /proc/PID/fd. */
#include "sockets/socket_owners.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json.h"
#include "message.h"

enum { NAMED_MOST = 3 };

struct collection {
	struct owner *owners;
	size_t count, room;
};

static void take(struct collection *collection, const struct owner *owner)
{
	if (collection->count == collection->room) {
		collection->room = 2 * collection->room + 64;
		collection->owners = memory_or_exit(
			realloc(collection->owners, collection->room * sizeof *owner));
	}
	collection->owners[collection->count++] = *owner;
}

static void read_program(struct owner *owner)
{
	char *path = message_format("/proc/%ld/comm", owner->pid);
	FILE *file = fopen(path, "re");

	free(path);
	if (file && fgets(owner->program, sizeof owner->program, file))
		owner->program[strcspn(owner->program, "\n")] = '\0';
	if (file)
		fclose(file);
}

static void look_at_process(struct collection *collection, long pid)
{
	char *path = message_format("/proc/%ld/fd", pid);
	DIR *folder = opendir(path);
	struct owner owner = {.pid = pid};
	const struct dirent *entry;

	free(path);
	while (folder && (entry = readdir(folder))) {
		char link[64];
		ssize_t size = readlinkat(dirfd(folder), entry->d_name, link, sizeof link - 1);

		if (size <= 0)
			continue;
		link[size] = '\0';
		if (sscanf(link, "socket:[%lu]", &owner.inode) != 1)
			continue;
		owner.fd = (unsigned)strtoul(entry->d_name, NULL, 10);
		if (!*owner.program)
			read_program(&owner);
		take(collection, &owner);
	}
	if (folder)
		closedir(folder);
}

size_t owners_find(struct owner **owners)
{
	struct collection collection = {0};
	DIR *processes = opendir("/proc");
	const struct dirent *entry;

	while (processes && (entry = readdir(processes))) {
		long pid = strtol(entry->d_name, NULL, 10);

		if (pid > 0)
			look_at_process(&collection, pid);
	}
	if (processes)
		closedir(processes);
	*owners = collection.owners;
	return collection.count;
}

/* A program may call itself anything, a terminal's commands included. */
static const char *printable(const char *program)
{
	char *copy = message_format("%s", program);

	for (char *at = copy; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = '?';
	return copy;
}

const char *owners_names(const struct owner *owners, size_t count, unsigned long inode)
{
	const char *names = NULL;
	size_t found = 0;

	for (size_t i = 0; i < count; i++) {
		if (owners[i].inode != inode || ++found > NAMED_MOST)
			continue;
		names = message_format("%s%s%s (pid %ld, fd %u)", names ? names : "",
				       names ? ", " : "", printable(owners[i].program),
				       owners[i].pid, owners[i].fd);
	}
	if (found > NAMED_MOST)
		names = message_format("%s, and %zu more", names, found - NAMED_MOST);
	return names ? names : "-";
}

void owners_json(const struct owner *owners, size_t count, unsigned long inode)
{
	json_open("owners", '[');
	for (size_t i = 0; i < count; i++) {
		if (owners[i].inode != inode)
			continue;
		json_open(NULL, '{');
		json_number("pid", (unsigned long)owners[i].pid);
		json_string("program", owners[i].program);
		json_number("fd", owners[i].fd);
		json_close();
	}
	json_close();
}
