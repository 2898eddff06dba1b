/* SPDX-License-Identifier: MIT */
/* Reserves ports, in the running kernel and in the files of sysctl.d(5). */
#include "sockets/reserve.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "atomic_file.h"
#include "root.h"
#include "message.h"
#include "sockets/port_range.h"

/*
 * Returns the value if the line sets RESERVE_KEY. A line is "KEY = VALUE", with dots or slashes in
 * the key, and with a "-" in front to ignore errors.
 */
static const char *value_in(char *line)
{
	char *equals = strchr(line, '='), *key = line + strspn(line, " \t-"), *end;

	if (!equals)
		return NULL;
	*equals = '\0';
	for (end = equals; end > key && (end[-1] == ' ' || end[-1] == '\t'); end--)
		;
	*end = '\0';
	for (char *at = key; *at; at++)
		if (*at == '/')
			*at = '.';
	return strcmp(key, RESERVE_KEY) == 0 ? equals + 1 : NULL;
}

/* Returns 1 if the file sets RESERVE_KEY, 0 if not or if there is no file, or -errno. */
static int read_lines(const char *path, struct portset *ports)
{
	int fd = root_open_file(path), found = 0;
	FILE *file;
	char *line = NULL;
	size_t size = 0;

	/* A file that is not regular sets nothing: a link to /dev/null masks another file. */
	if (fd < 0)
		return fd == -ENOENT || fd == -EINVAL ? 0 : fd;
	file = memory_or_exit(fdopen(fd, "r"));
	errno = 0;
	while (getline(&line, &size, file) >= 0) {
		const char *value = value_in(line);

		if (!value)
			continue;
		found = 1;
		if (!portset_add(ports, value))
			message_error("note: %s: the list of reserved ports has a mistake",
				      message_printable(root_path(path)));
	}
	if (ferror(file) && errno != EISDIR)
		found = -errno;
	free(line);
	fclose(file);
	return found;
}

/* The state of reading all files. */
struct reading {
	struct portset *ports;
	const char *later; /* the last file that sets the key after RESERVE_FILE */
	bool complete;     /* every file could be read */
};

static void read_one(struct reading *reading, const char *path, bool is_later)
{
	int found = read_lines(path, reading->ports);

	if (found < 0) {
		message_error("cannot read %s, which may reserve ports: %s",
			      message_printable(root_path(path)), strerror(-found));
		reading->complete = false;
	}
	if (found > 0 && is_later)
		reading->later = path;
}

/* A file hides those of the same name in later folders (sysctl.d(5)). */
static bool is_hidden(const char *const *folders, size_t before, const char *name)
{
	for (size_t i = 0; i < before; i++) {
		int fd = root_open(message_format("%s/%s", folders[i], name), O_PATH | O_NOFOLLOW);

		if (fd >= 0) {
			close(fd);
			return true;
		}
	}
	return false;
}

static void read_folder(struct reading *reading, const char *const *folders, size_t which)
{
	int fd = root_open(folders[which], O_RDONLY | O_DIRECTORY);
	DIR *folder;
	const struct dirent *entry;

	if (fd == -ENOENT || fd == -ENOTDIR)
		return;
	folder = fd < 0 ? NULL : fdopendir(fd);
	if (!folder) {
		message_error("cannot read %s, which may reserve ports: %s",
			      root_path(folders[which]), strerror(fd < 0 ? -fd : errno));
		reading->complete = false;
		return;
	}
	while ((entry = readdir(folder))) {
		const char *name = entry->d_name;
		size_t length = strlen(name);

		if (length < 5 || strcmp(name + length - 5, ".conf") != 0 ||
		    is_hidden(folders, which, name))
			continue;
		read_one(reading, message_format("%s/%s", folders[which], name),
			 strcmp(name, RESERVE_FILE) > 0);
	}
	closedir(folder);
}

bool reserve_read_files(struct portset *ports, const char **later)
{
	static const char *const folders[] = {"/etc/sysctl.d", "/run/sysctl.d",
					      "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d",
					      "/lib/sysctl.d"};
	struct reading reading = {.ports = ports, .complete = true};

	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		read_folder(&reading, folders, i);
	/* procps reads this file after all others. */
	read_one(&reading, "/etc/sysctl.conf", true);
	*later = reading.later;
	return reading.complete;
}

/* Returns the folder of RESERVE_FILE, locked, or -errno. */
static int open_folder(void)
{
	int error, folder = root_open("/etc/sysctl.d", O_RDONLY | O_DIRECTORY);

	if (folder == -ENOENT) {
		int etc = root_open("/etc", O_RDONLY | O_DIRECTORY);

		if (etc < 0)
			return etc;
		error = mkdirat(etc, "sysctl.d", 0755) && errno != EEXIST ? -errno : 0;
		close(etc);
		if (error)
			return error;
		folder = root_open("/etc/sysctl.d", O_RDONLY | O_DIRECTORY);
	}
	if (folder < 0)
		return folder;
	error = lock_folder(folder, root_path("/etc/sysctl.d"), LOCK_WAIT);
	if (error) {
		close(folder);
		return error;
	}
	return folder;
}

static int write_file(int folder, const struct portset *ports)
{
	char *list = portset_list(ports);
	char *text = message_format(
		"# By noselfconnctl: ports of servers. The kernel must not give them to clients.\n"
		"%s = %s\n",
		RESERVE_KEY, list);
	int error = replace_file(folder, RESERVE_FILE, RESERVE_FILE, NULL, text, strlen(text));

	free(list);
	free(text);
	return error;
}

bool reserve_write(struct portset *ports, const char **later)
{
	int folder = open_folder(), error = folder < 0 ? folder : 0;

	*later = NULL;
	if (!error) {
		/* Under the lock: another run may have added ports in the meantime. */
		error = reserve_read_files(ports, later) ? write_file(folder, ports) : -EIO;
		close(folder);
	}
	if (error) {
		message_error("%s is unchanged: %s", root_path(RESERVE_PATH), strerror(-error));
		return false;
	}
	if (!root_is_machine())
		return true;
	error = port_range_reserve(ports);
	if (error)
		message_error("%s holds the ports for the next boot, but the kernel does not "
			      "reserve all of them now: %s",
			      RESERVE_PATH, strerror(-error));
	return !error;
}
