/* SPDX-License-Identifier: MIT */
/* What is wrong with /etc/ld.so.preload or with what it lists, and how to mend it. */
#include "preload/problems.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "elf_file.h"
#include "preload/system_libraries.h"
#include "root.h"
#include "message.h"

void trouble_add(struct troubles *troubles, const char *what, const char *mend)
{
	if (troubles->count == TROUBLE_MOST)
		return;
	troubles->list[troubles->count].what = what;
	troubles->list[troubles->count++].mend = mend;
}

void trouble_in_file(const struct preload_file *file, struct troubles *troubles)
{
	const char *path = root_path(PRELOAD_PATH);

	if (!file->exists)
		return;
	if (!S_ISREG(file->status.st_mode)) {
		trouble_add(troubles, message_format("%s is not a regular file", path),
			    "put a plain file in its place, with the entries that are to stay");
		return;
	}
	if (!(file->status.st_mode & S_IROTH))
		trouble_add(troubles,
			    message_format("%s has mode %04o: programs of other users than root "
					   "pass it over, silently",
					   path, (unsigned)(file->status.st_mode & 07777)),
			    message_format("chmod 644 %s", path));
	if (memchr(file->bytes, '\r', file->size))
		trouble_add(troubles,
			    message_format("%s has DOS line ends: the carriage return becomes part "
					   "of the names",
					   path),
			    message_format("sed -i 's/\\r//g' %s", path));
	if (memchr(file->bytes, '#', file->size))
		trouble_add(
			troubles,
			message_format("%s has comments: ld.so takes words of them for libraries",
				       path),
			message_format("sed -i 's/#.*//' %s", path));
	if (memchr(file->bytes, '\0', file->size))
		trouble_add(troubles,
			    message_format("%s has zero bytes: ld.so reads no further", path),
			    "write it anew, with the entries that are to stay");
}

static bool is_served(struct elf_abi abi)
{
	const struct library_abi *abis;
	size_t count = library_abis(&abis);

	for (size_t i = 0; i < count; i++)
		if (elf_same_abi(abis[i].abi, abi))
			return true;
	/* An image without any ld.so has nobody to object. */
	return count == 0;
}

/* What is wrong with an object; NULL for nothing. */
static const char *wrong_with(int fd)
{
	struct elf_abi abi;
	struct stat status;

	if (fstat(fd, &status) || !S_ISREG(status.st_mode))
		return "is not a regular file";
	if (!(status.st_mode & S_IROTH))
		return message_format(
			"has mode %04o: programs of other users than root cannot load it",
			(unsigned)(status.st_mode & 07777));
	switch (elf_judge(fd, &abi)) {
	case ELF_EMPTY:
		return "is empty";
	case ELF_GARBAGE:
		return "is no shared object";
	case ELF_TRUNCATED:
		return "is truncated: programs that load it may die of SIGBUS";
	default:
		break;
	}
	if (!is_served(abi))
		return message_format("is for another architecture: %s", elf_abi_name(abi));
	return NULL;
}

/* A name without a slash may be served for some ABIs only: the trial run tells. */
static const char *find_any(const char *name)
{
	const struct library_abi *abis;
	size_t count = library_abis(&abis);
	const char *path = NULL;

	if (count == 0)
		return library_find(name, elf_own_abi(), true);
	for (size_t i = 0; i < count && !path; i++)
		path = library_find(name, abis[i].abi, true);
	return path;
}

void trouble_in_entry(const char *entry, const char *mend, struct troubles *troubles)
{
	const char *path = entry, *wrong;
	int fd;

	if (strpbrk(entry, "$\r#"))
		return;
	if (!strchr(entry, '/'))
		path = find_any(entry);
	if (!path) {
		trouble_add(troubles, message_format("%s is in none of ld.so's directories", entry),
			    mend);
		return;
	}
	if (*path != '/') {
		trouble_add(troubles, message_format("%s is not an absolute path", path), mend);
		return;
	}
	/* Without O_NONBLOCK a FIFO would have us wait. */
	fd = root_open(path, O_RDONLY | O_NONBLOCK);
	wrong = fd >= 0         ? wrong_with(fd)
		: fd == -ENOENT ? "is missing"
				: message_format("cannot be read: %s", strerror(-fd));
	if (fd >= 0)
		close(fd);
	if (wrong)
		trouble_add(troubles, message_format("%s %s", root_path(path), wrong), mend);
}

void trouble_in_entries(const struct preload_file *file, const char *library, bool ours,
			struct troubles *troubles)
{
	const char *entry;

	for (size_t at = 0; preload_next(file, &at, &entry);) {
		bool is_ours = preload_is_ours(entry, library);

		if (is_ours && !ours)
			continue;
		trouble_in_entry(
			entry,
			is_ours ? "install libnoselfconn.so again, or: noselfconnctl disable"
				: message_format("mend the library, or take the entry out of %s",
						 root_path(PRELOAD_PATH)),
			troubles);
	}
}

void trouble_say(const struct troubles *troubles)
{
	for (size_t i = 0; i < troubles->count; i++) {
		message_error("%s", troubles->list[i].what);
		message_error("  to mend it: %s", troubles->list[i].mend);
	}
}
