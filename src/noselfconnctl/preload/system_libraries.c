/* SPDX-License-Identifier: MIT */
/* Where libraries are in the root, and which ABIs its ld.so files serve. */
#include "preload/system_libraries.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elf_file.h"
#include "root.h"
#include "message.h"

enum { MOST_DIRECTORIES = 48 };

/* With Debian's multiarch directories below them, ld.so's own; and what its configuration has
 * everywhere. */
static const char *const trusted[] = {
	"/lib",       "/usr/lib", "/lib64",      "/usr/lib64",     "/lib32",
	"/usr/lib32", "/libx32",  "/usr/libx32", "/usr/local/lib", "/usr/local/lib64",
};

static const char *directories[MOST_DIRECTORIES];
static size_t directories_count;

static void add_directory(const char *path)
{
	if (directories_count < MOST_DIRECTORIES)
		directories[directories_count++] = path;
}

/* Calls back for each name in a directory of the root, until that returns true. */
static bool each_name(const char *path,
		      bool (*look)(const char *path, const char *name, void *data), void *data)
{
	int fd = root_open(path, O_RDONLY | O_DIRECTORY);
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	bool found = false;

	if (!directory)
		return false;
	while (!found && (entry = readdir(directory)))
		found = look(path, entry->d_name, data);
	closedir(directory);
	return found;
}

static bool add_multiarch(const char *path, const char *name, void *data)
{
	(void)data;
	if (strstr(name, "-linux-"))
		add_directory(message_format("%s/%s", path, name));
	return false;
}

static void find_directories(void)
{
	if (directories_count)
		return;
	for (size_t i = 0; i < sizeof trusted / sizeof *trusted; i++) {
		add_directory(trusted[i]);
		each_name(trusted[i], add_multiarch, NULL);
	}
}

static bool fits(const char *path, struct elf_abi wanted, bool unsound)
{
	struct elf_abi abi;
	enum elf_state state;
	int fd = root_open(path, O_RDONLY);

	if (fd < 0)
		return false;
	state = elf_judge(fd, &abi);
	close(fd);
	if (state == ELF_EMPTY || state == ELF_GARBAGE)
		return unsound;
	return elf_same_abi(abi, wanted) && (state == ELF_SOUND || unsound);
}

/* The cache has the paths as strings, whatever its version: those that end in /NAME. */
static const char *find_in_cache(const char *name, struct elf_abi abi, bool unsound)
{
	char *wanted = message_format("/%s", name);
	size_t length = strlen(wanted) + 1;
	int fd = root_open("/etc/ld.so.cache", O_RDONLY);
	const char *cache = MAP_FAILED, *found = NULL;
	struct stat status = {0};

	if (fd >= 0 && fstat(fd, &status) == 0 && status.st_size > 0)
		cache = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (fd >= 0)
		close(fd);
	if (cache == MAP_FAILED)
		return NULL;
	for (const char *at = cache, *end = cache + status.st_size; !found;) {
		const char *start = at = memmem(at, (size_t)(end - at), wanted, length);

		if (!at)
			break;
		while (start > cache && start[-1])
			start--;
		if (*start == '/' && fits(start, abi, unsound))
			found = message_format("%s", start);
		at += length;
	}
	munmap((void *)(size_t)cache, (size_t)status.st_size);
	return found;
}

const char *library_find(const char *name, struct elf_abi abi, bool unsound)
{
	find_directories();
	for (size_t i = 0; i < directories_count; i++) {
		char *path = message_format("%s/%s", directories[i], name);

		if (fits(path, abi, unsound))
			return path;
		free(path);
	}
	return find_in_cache(name, abi, unsound);
}

struct collection {
	struct library_abi *abis;
	size_t count;
};

static bool is_loader(const char *name)
{
	return strncmp(name, "ld-linux", 8) == 0 || strncmp(name, "ld64.so.", 8) == 0 ||
	       strcmp(name, "ld.so.1") == 0;
}

static bool add_loader(const char *path, const char *name, void *data)
{
	struct collection *collection = data;
	struct library_abi *next = &collection->abis[collection->count];
	int fd;

	if (!is_loader(name))
		return false;
	next->loader = message_format("%s/%s", path, name);
	fd = root_open(next->loader, O_RDONLY);
	if (fd < 0)
		return false;
	if (elf_judge(fd, &next->abi) == ELF_SOUND) {
		bool known = false;

		for (size_t i = 0; i < collection->count; i++)
			known = known || elf_same_abi(collection->abis[i].abi, next->abi);
		if (!known) {
			next->sample = library_find("libm.so.6", next->abi, false);
			collection->count++;
		}
	}
	close(fd);
	return collection->count == ABI_MOST;
}

static size_t find_abis(struct library_abi *abis)
{
	static const char *const places[] = {"/lib", "/lib64", "/lib32", "/libx32"};
	struct collection collection = {abis, 0};

	for (size_t i = 0; i < sizeof places / sizeof *places && collection.count < ABI_MOST; i++)
		each_name(places[i], add_loader, &collection);
	for (size_t i = 1; i < collection.count; i++) {
		struct library_abi first = abis[0];

		if (!elf_same_abi(abis[i].abi, elf_own_abi()))
			continue;
		abis[0] = abis[i];
		abis[i] = first;
	}
	return collection.count;
}

size_t library_abis(const struct library_abi **abis)
{
	static struct library_abi found[ABI_MOST];
	static size_t count;
	static bool looked;

	if (!looked)
		count = find_abis(found);
	looked = true;
	*abis = found;
	return count;
}
