/* SPDX-License-Identifier: MIT */
/* What is wrong with /etc/ld.so.preload or with the libraries in it, and the remedies. */
#include "preload/problems.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "array.h"
#include "elf_file.h"
#include "message.h"
#include "preload/safe_path.h"
#include "preload/system_libraries.h"
#include "root.h"

void problems_add(struct problems *problems, const char *what, const char *remedy)
{
	struct problem problem = {what, remedy};

	for (size_t i = 0; i < problems->count; i++)
		if (strcmp(problems->list[i].what, what) == 0)
			return;
	problems->list = array_add(problems->list, &problems->count, &problem, sizeof problem);
}

void problems_in_path(const char *path, struct problems *problems)
{
	const char *remedy, *fault = safe_path_fault(path, &remedy);

	if (fault)
		problems_add(problems, fault, remedy);
}

void problems_in_file(const struct preload_file *file, struct problems *problems)
{
	const char *path = root_path(PRELOAD_PATH);

	if (!file->exists)
		return;
	if (!S_ISREG(file->status.st_mode)) {
		problems_add(problems, message_format("%s is not a regular file", path),
			     "replace it by a regular file with the entries that you need");
		return;
	}
	problems_in_path(PRELOAD_PATH, problems);
	if (!(file->status.st_mode & S_IROTH))
		problems_add(problems,
			     message_format("%s has mode %04o: programs of other users than root "
					    "ignore it silently",
					    path, (unsigned)(file->status.st_mode & 07777)),
			     message_format("chmod 644 %s", path));
	if (memchr(file->bytes, '\r', file->size))
		problems_add(problems,
			     message_format("%s has DOS line ends: the carriage return becomes "
					    "part of the names",
					    path),
			     message_format("sed -i 's/\\r//g' %s", path));
	if (memchr(file->bytes, '#', file->size))
		problems_add(
			problems,
			message_format("%s has comments: ld.so takes their words for libraries",
				       path),
			message_format("sed -i 's/#.*//' %s", path));
	if (memchr(file->bytes, '\0', file->size))
		problems_add(problems,
			     message_format("%s has zero bytes: ld.so stops reading there", path),
			     "write the file again with the entries that you need");
}

static bool is_served(struct elf_abi abi)
{
	const struct system_abi *abis;
	size_t count = system_abis(&abis);

	for (size_t i = 0; i < count; i++)
		if (elf_same_abi(abis[i].abi, abi))
			return true;
	/* In an image without any ld.so, every ABI will do. */
	return count == 0;
}

static const char *fault_of_mode(const struct stat *status)
{
	if (status->st_mode & S_IROTH)
		return NULL;
	return message_format("has mode %04o: programs of other users than root cannot load it",
			      (unsigned)(status->st_mode & 07777));
}

/* What is wrong with an open file; NULL for nothing. */
static const char *fault_of_file(int fd)
{
	struct elf_abi abi;
	struct stat status;

	if (fstat(fd, &status))
		return message_format("cannot be read: %s", strerror(errno));
	if (fault_of_mode(&status))
		return fault_of_mode(&status);
	switch (elf_judge(fd, &abi)) {
	case ELF_EMPTY:
		return "is empty";
	case ELF_GARBAGE:
		return "is not a shared object";
	case ELF_TRUNCATED:
		return "is truncated: programs that load it may die of SIGBUS";
	default:
		break;
	}
	if (!is_served(abi))
		return message_format("is for another architecture: %s", elf_abi_name(abi));
	return NULL;
}

static const char *fault_of_library(const char *path)
{
	const char *fault;
	int fd = root_open_file(path);

	if (fd == -ENOENT)
		return "is missing";
	if (fd == -EINVAL)
		return "is not a regular file";
	if (fd < 0)
		return message_format("cannot be read: %s", strerror(-fd));
	fault = fault_of_file(fd);
	close(fd);
	return fault;
}

/* The library of a bare name, for any ABI. A trial run shows which ABIs have it. */
static const char *find_any(const char *name)
{
	const struct system_abi *abis;
	size_t count = system_abis(&abis);
	const char *path = NULL;

	if (count == 0)
		return system_library_find(name, elf_own_abi(), true);
	for (size_t i = 0; i < count && !path; i++)
		path = system_library_find(name, abis[i].abi, true);
	return path;
}

void problems_in_entry(const char *entry, const char *remedy, struct problems *problems)
{
	const char *path = entry, *fault;

	if (strpbrk(entry, "$\r#"))
		return;
	if (!strchr(entry, '/'))
		path = find_any(entry);
	if (!path) {
		problems_add(problems,
			     message_format("%s is in none of ld.so's directories", entry), remedy);
		return;
	}
	if (*path != '/') {
		problems_add(problems, message_format("%s is not an absolute path", path), remedy);
		return;
	}
	fault = fault_of_library(path);
	if (fault)
		problems_add(problems, message_format("%s %s", root_path(path), fault), remedy);
	else
		problems_in_path(path, problems);
}

void problems_in_entries(const struct preload_file *file, const char *library, bool ours,
			 struct problems *problems)
{
	const char *entry;

	for (size_t at = 0; preload_next(file, &at, &entry);) {
		bool is_ours = preload_is_ours(entry, library);

		if (is_ours && !ours)
			continue;
		problems_in_entry(entry,
				  is_ours ? "install libnoselfconn.so again, or run noselfconnctl "
					    "disable"
					  : message_format("repair the library, or remove the "
							   "entry from %s",
							   root_path(PRELOAD_PATH)),
				  problems);
	}
}

void problems_print(const struct problems *problems)
{
	for (size_t i = 0; i < problems->count; i++) {
		message_error("%s", problems->list[i].what);
		message_error("  remedy: %s", problems->list[i].remedy);
	}
}
