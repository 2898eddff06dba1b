/* SPDX-License-Identifier: MIT */
/* /etc/ld.so.preload: reads it, and works out its contents with our entry or without. */
#include "preload/preload_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "message.h"
#include "root.h"

enum { MOST = 65536 };

static bool separates(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == ':';
}

int preload_read_all(int fd, struct preload_file *file)
{
	file->bytes = memory_or_exit(malloc(MOST + 1));
	while (file->size <= MOST) {
		ssize_t size = read(fd, file->bytes + file->size, MOST + 1 - file->size);

		if (size < 0)
			return -errno;
		if (size == 0)
			break;
		file->size += (size_t)size;
	}
	if (file->size > MOST)
		return -EFBIG;
	file->bytes[file->size] = '\0';
	return 0;
}

static int read_in(int etc, struct preload_file *file)
{
	int fd, error;

	*file = (struct preload_file){.bytes = message_format("%s", "")};
	if (fstatat(etc, PRELOAD_NAME, &file->status, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? 0 : -errno;
	file->exists = true;
	if (!S_ISREG(file->status.st_mode))
		return 0;
	fd = open_file(etc, PRELOAD_NAME);
	if (fd < 0)
		return fd;
	error = fstat(fd, &file->status) ? -errno : preload_read_all(fd, file);
	close(fd);
	return error;
}

bool preload_read(int etc, struct preload_file *file)
{
	int error = read_in(etc, file);

	if (error)
		message_error("%s: %s", root_path(PRELOAD_PATH), file_error(error));
	return !error;
}

int preload_lock(enum lock_wait wait)
{
	int etc = root_open("/etc", O_RDONLY | O_DIRECTORY), error = etc < 0 ? etc : 0;

	if (!error)
		error = lock_folder(etc, root_path("/etc"), wait);
	if (!error)
		return etc;
	message_error("%s: %s", root_path("/etc"), file_error(error));
	return -1;
}

/* Returns where the entry at or after `at` starts, or file->size; *end is where it ends. */
static size_t find(const struct preload_file *file, size_t at, size_t *end)
{
	while (at < file->size && separates(file->bytes[at]))
		at++;
	for (*end = at; *end < file->size && !separates(file->bytes[*end]);)
		++*end;
	return at;
}

bool preload_next(const struct preload_file *file, size_t *at, const char **entry)
{
	size_t end, start = find(file, *at, &end);

	if (start == file->size)
		return false;
	*entry = message_format("%.*s", (int)(end - start), file->bytes + start);
	*at = end;
	return true;
}

bool preload_is_ours(const char *entry, const char *library)
{
	const char *slash = strrchr(entry, '/');
	const char *base = slash ? slash + 1 : entry;
	size_t length = strlen(base);

	if (library && strcmp(entry, library) == 0)
		return true;
	if (length && base[length - 1] == '\r')
		length--;
	return length == strlen(PRELOAD_LIBRARY) && memcmp(base, PRELOAD_LIBRARY, length) == 0;
}

size_t preload_ours(const struct preload_file *file, const char *library, const char **first)
{
	const char *entry;
	size_t count = 0;

	*first = NULL;
	for (size_t at = 0; preload_next(file, &at, &entry);)
		if (preload_is_ours(entry, library) && count++ == 0)
			*first = entry;
	return count;
}

static void cut(struct preload_file *file, size_t start, size_t end)
{
	memmove(file->bytes + start, file->bytes + end, file->size - end + 1);
	file->size -= end - start;
}

/* Removes the entry from start to end. Returns where to look for the next one. */
static size_t take_out(struct preload_file *file, size_t start, size_t end)
{
	size_t line = start, next = end;

	while (line && file->bytes[line - 1] != '\n' && separates(file->bytes[line - 1]))
		line--;
	while (next < file->size && file->bytes[next] != '\n' && separates(file->bytes[next]))
		next++;
	if ((line == 0 || file->bytes[line - 1] == '\n') &&
	    (next == file->size || file->bytes[next] == '\n')) {
		cut(file, line, next == file->size ? next : next + 1);
		return line;
	}
	/* Remove one separator too: the one behind or, at the end of a line, the one in front. */
	if (next > end)
		end++;
	else if (line < start)
		start--;
	cut(file, start, end);
	return start;
}

struct preload_file preload_without(const struct preload_file *file, const char *library)
{
	struct preload_file result = *file;
	size_t start, end;

	result.bytes = memory_or_exit(malloc(file->size + 1));
	memcpy(result.bytes, file->bytes, file->size + 1);
	for (size_t at = 0; (start = find(&result, at, &end)) < result.size;) {
		char *entry = message_format("%.*s", (int)(end - start), result.bytes + start);

		at = preload_is_ours(entry, library) ? take_out(&result, start, end) : end;
		free(entry);
	}
	return result;
}

struct preload_file preload_with(const struct preload_file *file, const char *library,
				 const char *entry)
{
	struct preload_file result = preload_without(file, library);
	size_t length = strlen(entry);
	char *bytes = memory_or_exit(malloc(length + 1 + result.size + 1));

	/* NOLINTNEXTLINE(bugprone-not-null-terminated-result): more lines follow, and then the 0 */
	memcpy(bytes, entry, length);
	bytes[length] = '\n';
	memcpy(bytes + length + 1, result.bytes, result.size + 1);
	free(result.bytes);
	result.bytes = bytes;
	result.size += length + 1;
	return result;
}
