/* SPDX-License-Identifier: MIT */
/* Reserving ports: net.ipv4.ip_local_reserved_ports, in the running kernel and in sysctl.d(5). */
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

#define KERNEL "/proc/sys/net/ipv4/ip_local_reserved_ports"

/*
 * What the file gives to the key: "KEY = VALUE", with dots or slashes in the key, a "-" in front to
 * ignore errors.
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

static bool read_sysctl_file(const char *path, struct portset *set)
{
	int fd = root_open(path, O_RDONLY | O_NONBLOCK);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	char *line = NULL;
	size_t size = 0;
	bool found = false;

	while (file && getline(&line, &size, file) >= 0) {
		const char *value = value_in(line);

		if (!value)
			continue;
		found = true;
		if (!portset_add(set, value))
			message_error("note: %s: what it reserves is not understood",
				      root_path(path));
	}
	free(line);
	if (file)
		fclose(file);
	return found;
}

/* Masked by a file of the same name in an earlier folder: as sysctl.d(5) has it. */
static bool is_masked(const char *const *folders, size_t before, const char *name)
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

const char *reserve_read_files(struct portset *set)
{
	static const char *const folders[] = {"/etc/sysctl.d", "/run/sysctl.d",
					      "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d",
					      "/lib/sysctl.d"};
	const char *later = NULL;

	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		int fd = root_open(folders[i], O_RDONLY | O_DIRECTORY);
		DIR *folder = fd < 0 ? NULL : fdopendir(fd);
		const struct dirent *entry;

		while (folder && (entry = readdir(folder))) {
			size_t length = strlen(entry->d_name);
			const char *path = message_format("%s/%s", folders[i], entry->d_name);

			if (length < 5 || strcmp(entry->d_name + length - 5, ".conf") != 0 ||
			    is_masked(folders, i, entry->d_name))
				continue;
			if (read_sysctl_file(path, set) && strcmp(entry->d_name, RESERVE_FILE) > 0)
				later = path;
		}
		if (folder)
			closedir(folder);
	}
	/* procps reads it after all others. */
	if (read_sysctl_file("/etc/sysctl.conf", set))
		later = "/etc/sysctl.conf";
	return later;
}

static int write_file(const char *line)
{
	static const char head[] = "# By noselfconnctl: ports of servers, which the kernel is not "
				   "to give to clients.\n";
	const char *text = message_format("%s%s = %s\n", head, RESERVE_KEY, line);
	int error, folder = root_open("/etc/sysctl.d", O_RDONLY | O_DIRECTORY);

	if (folder == -ENOENT) {
		int etc = root_open("/etc", O_RDONLY | O_DIRECTORY);

		if (etc < 0)
			return etc;
		if (mkdirat(etc, "sysctl.d", 0755))
			return -errno;
		close(etc);
		folder = root_open("/etc/sysctl.d", O_RDONLY | O_DIRECTORY);
	}
	if (folder < 0)
		return folder;
	error = lock_folder(folder, root_path("/etc/sysctl.d"), LOCK_WAIT);
	if (!error)
		error = replace_file(folder, RESERVE_FILE, RESERVE_FILE, text, strlen(text));
	close(folder);
	return error;
}

/* One write(2): the kernel replaces what was reserved before. */
static int write_kernel(const char *line)
{
	int fd = open(KERNEL, O_WRONLY | O_CLOEXEC), error = 0;
	size_t size = strlen(line);

	if (fd < 0)
		return -errno;
	errno = 0;
	if (write(fd, line, size) != (ssize_t)size)
		error = errno ? -errno : -EIO;
	close(fd);
	return error;
}

bool reserve_write(const struct portset *set)
{
	const char *line = portset_list(set);
	int error = write_file(line);

	if (error)
		message_error("%s is as it was: %s", root_path(RESERVE_PATH), strerror(-error));
	if (!error && root_is_machine()) {
		error = write_kernel(line);
		if (error)
			message_error(
				"%s cannot be written: %s; %s is, and holds after the next boot",
				KERNEL, strerror(-error), RESERVE_PATH);
	}
	return !error;
}
