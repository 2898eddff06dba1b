/* SPDX-License-Identifier: MIT */
/* The processes that have a socket open, by /proc/PID/fd. */
#include "sockets/socket_owners.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "array.h"
#include "json.h"
#include "message.h"
#include "process.h"
#include "shields.h"

enum { NAMED_MOST = 3 };

struct search {
	struct socket_owner *found;
	size_t count;
};

static void read_program(struct socket_owner *owner)
{
	char *path = message_format("/proc/%ld/comm", owner->pid);
	FILE *file = fopen(path, "re");
	size_t size;

	free(path);
	if (!file)
		return;
	/* The name may contain newlines. The last one is the kernel's. */
	size = fread(owner->program, 1, sizeof owner->program - 1, file);
	if (size && owner->program[size - 1] == '\n')
		size--;
	owner->program[size] = '\0';
	fclose(file);
}

static void look_at_process(struct search *search, long pid)
{
	char *path = message_format("/proc/%ld/fd", pid);
	DIR *folder = opendir(path);
	struct socket_owner owner = {.pid = pid};
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
		search->found = array_add(search->found, &search->count, &owner, sizeof owner);
	}
	if (folder)
		closedir(folder);
}

size_t socket_owners_find(struct socket_owner **owners)
{
	struct search search = {0};
	DIR *processes = opendir("/proc");
	const struct dirent *entry;

	while (processes && (entry = readdir(processes))) {
		long pid = strtol(entry->d_name, NULL, 10);

		if (pid > 0)
			look_at_process(&search, pid);
	}
	if (processes)
		closedir(processes);
	*owners = search.found;
	return search.count;
}

const char *socket_owners_names(const struct socket_owner *owners, size_t count,
				unsigned long inode)
{
	const char *names = NULL;
	size_t found = 0;

	for (size_t i = 0; i < count; i++) {
		if (owners[i].inode != inode || ++found > NAMED_MOST)
			continue;
		names = message_format("%s%s%s (pid %ld, fd %u)", names ? names : "",
				       names ? ", " : "", message_printable(owners[i].program),
				       owners[i].pid, owners[i].fd);
	}
	if (found > NAMED_MOST)
		names = message_format("%s, and %zu more", names, found - NAMED_MOST);
	return names ? names : "-";
}

void socket_owners_json(const struct socket_owner *owners, size_t count, unsigned long inode,
			bool advise)
{
	json_open("owners", '[');
	for (size_t i = 0; i < count; i++) {
		if (owners[i].inode != inode)
			continue;
		json_open(NULL, '{');
		json_number("pid", (unsigned long)owners[i].pid);
		json_string("program", owners[i].program);
		json_number("fd", owners[i].fd);
		if (advise) {
			json_string("kind", process_kind_name(process_kind(owners[i].pid)));
			shields_advice_json("prevented_by", process_kind(owners[i].pid));
		}
		json_close();
	}
	json_close();
}

void socket_owners_advise(const struct socket_owner *owners, size_t count, unsigned long inode)
{
	enum process_kind last = PROCESS_UNKNOWN;

	for (size_t i = 0; i < count; i++) {
		enum process_kind kind =
			owners[i].inode == inode ? process_kind(owners[i].pid) : PROCESS_UNKNOWN;

		if (kind != PROCESS_UNKNOWN && kind != last)
			message_print("  %s (pid %ld) %s", message_printable(owners[i].program),
				      owners[i].pid, shields_advice(kind));
		if (kind != PROCESS_UNKNOWN)
			last = kind;
	}
}

/* Seconds since the process started, or -1. */
static long process_age(long pid)
{
	char *path = message_format("/proc/%ld/stat", pid);
	FILE *file = fopen(path, "re");
	char text[1024];
	const char *after_name;
	unsigned long long start;
	struct timespec now;
	size_t size;

	free(path);
	if (!file)
		return -1;
	size = fread(text, 1, sizeof text - 1, file);
	fclose(file);
	text[size] = '\0';
	/* The name is in parentheses, and may contain some itself. The start is the 22nd field. */
	after_name = strrchr(text, ')');
	if (!after_name || clock_gettime(CLOCK_BOOTTIME, &now) ||
	    sscanf(after_name + 1,
		   " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d "
		   "%llu",
		   &start) != 1)
		return -1;
	return (long)now.tv_sec - (long)(start / (unsigned long long)sysconf(_SC_CLK_TCK));
}

long socket_owners_age(const struct socket_owner *owners, size_t count, unsigned long inode)
{
	long oldest = -1;

	for (size_t i = 0; i < count; i++) {
		long age = owners[i].inode == inode ? process_age(owners[i].pid) : -1;

		if (age > oldest)
			oldest = age;
	}
	return oldest;
}
