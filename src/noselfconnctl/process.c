/* SPDX-License-Identifier: MIT */
/* What /proc tells about a process of this machine: its name, and how it was built. */
#include "process.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "elf_file.h"
#include "message.h"
#include "preload/preload_file.h"

static char *path_of(long process, const char *name)
{
	return message_format("/proc/%ld/%s", process, name);
}

static FILE *open_of_process(long process, const char *name)
{
	char *path = path_of(process, name);
	FILE *file = fopen(path, "re");

	free(path);
	return file;
}

/* Looks in the maps for a file of this name. Returns false too if they are empty or closed to us.
 */
static bool maps_have(long process, const char *part)
{
	FILE *file = open_of_process(process, "maps");
	char *line = NULL;
	size_t size = 0;
	bool found = false;

	while (file && !found && getline(&line, &size, file) >= 0)
		found = strstr(line, part);
	free(line);
	if (file)
		fclose(file);
	return found;
}

/* A program that somebody starts by an explicit ld.so has that for its executable. */
static const char *loader_of(long process)
{
	char *path = path_of(process, "exe"), name[PATH_MAX] = "";
	ssize_t size = readlink(path, name, sizeof name - 1);
	int fd;

	if (size > 0 && elf_is_loader(name))
		return message_format("%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	free(path);
	if (fd < 0 || elf_read_loader(fd, name, sizeof name) < 0)
		*name = '\0';
	if (fd >= 0)
		close(fd);
	return message_format("%s", name);
}

enum process_kind process_kind(long process)
{
	const char *loader;

	if (!maps_have(process, "/"))
		return PROCESS_UNKNOWN;
	if (maps_have(process, "/" PRELOAD_LIBRARY))
		return PROCESS_PROTECTED;
	loader = loader_of(process);
	if (!*loader)
		return PROCESS_STATIC;
	return elf_is_glibc_loader(loader) ? PROCESS_DYNAMIC : PROCESS_MUSL;
}

const char *process_kind_name(enum process_kind kind)
{
	static const char *const names[] = {
		[PROCESS_UNKNOWN] = NULL,      [PROCESS_PROTECTED] = "protected",
		[PROCESS_DYNAMIC] = "dynamic", [PROCESS_MUSL] = "musl",
		[PROCESS_STATIC] = "static",
	};

	return names[kind];
}

const char *process_name(long process)
{
	FILE *file = open_of_process(process, "comm");
	char name[64] = "";
	size_t size = file ? fread(name, 1, sizeof name - 1, file) : 0;

	/* The name may contain newlines. The last one is the kernel's. */
	if (size && name[size - 1] == '\n')
		name[size - 1] = '\0';
	if (file)
		fclose(file);
	return message_format("%s", name);
}
