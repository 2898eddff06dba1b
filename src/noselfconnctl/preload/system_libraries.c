/* SPDX-License-Identifier: MIT */
/* Finds libraries in the root, and the ABIs that its ld.so files serve. */
#include "preload/system_libraries.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "array.h"
#include "elf_file.h"
#include "message.h"
#include "root.h"

/* A real ld.so.cache has less than a megabyte. */
enum { CACHE_MOST = 1 << 24 };

/* ld.so's default directories, and those that every configuration adds. Debian has a directory for
 * each ABI below them. */
static const char *const trusted[] = {
	"/lib",       "/usr/lib", "/lib64",      "/usr/lib64",     "/lib32",
	"/usr/lib32", "/libx32",  "/usr/libx32", "/usr/local/lib", "/usr/local/lib64",
};

static const char **directories;
static size_t directories_count;

static void add_directory(const char *path)
{
	directories = array_add(directories, &directories_count, &path, sizeof path);
}

static void each_name(const char *path, void (*look)(const char *path, const char *name))
{
	int fd = root_open(path, O_RDONLY | O_DIRECTORY);
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	while (directory && (entry = readdir(directory)))
		look(path, entry->d_name);
	if (directory)
		closedir(directory);
}

static void add_multiarch(const char *path, const char *name)
{
	if (strstr(name, "-linux-"))
		add_directory(message_format("%s/%s", path, name));
}

static void find_directories(void)
{
	if (directories_count)
		return;
	for (size_t i = 0; i < sizeof trusted / sizeof *trusted; i++) {
		add_directory(trusted[i]);
		each_name(trusted[i], add_multiarch);
	}
}

static bool fits(const char *path, struct elf_abi wanted, bool unsound)
{
	struct elf_abi abi;
	enum elf_state state;
	int fd = root_open_file(path);

	if (fd < 0)
		return unsound && fd == -EINVAL;
	state = elf_judge(fd, &abi);
	close(fd);
	if (state == ELF_EMPTY || state == ELF_GARBAGE)
		return unsound;
	return elf_same_abi(abi, wanted) && (state == ELF_SOUND || unsound);
}

/* Reads the whole cache. Returns NULL if there is none, or if it cannot be a real one. */
static char *read_cache(size_t *size)
{
	int fd = root_open_file("/etc/ld.so.cache");
	struct stat status = {0};
	char *cache = NULL;

	*size = 0;
	if (fd < 0)
		return NULL;
	if (fstat(fd, &status) == 0 && status.st_size > 0 && status.st_size <= CACHE_MOST) {
		*size = (size_t)status.st_size;
		cache = memory_or_exit(malloc(*size));
		if (elf_read_at(fd, cache, *size, 0)) {
			free(cache);
			cache = NULL;
		}
	}
	close(fd);
	return cache;
}

/* Every version of the cache has the paths as strings: take those that end in /NAME. */
static const char *find_in_cache(const char *name, struct elf_abi abi, bool unsound)
{
	char *wanted = message_format("/%s", name);
	size_t size, length = strlen(wanted) + 1;
	const char *found = NULL;
	char *cache = read_cache(&size);

	for (size_t at = 0; cache && !found; at += length) {
		const char *start = memmem(cache + at, size - at, wanted, length);

		if (!start)
			break;
		at = (size_t)(start - cache);
		while (start > cache && start[-1])
			start--;
		if (*start == '/' && fits(start, abi, unsound))
			found = message_format("%s", start);
	}
	free(cache);
	free(wanted);
	return found;
}

const char *system_library_find(const char *name, struct elf_abi abi, bool unsound)
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

static struct system_abi *abis;
static size_t abis_count;

/* musl's ld.so is not among them: it does not read /etc/ld.so.preload. */
static void add_abi(const char *path, const char *name)
{
	struct system_abi next = {.loader = message_format("%s/%s", path, name)};
	int fd = elf_is_glibc_loader(name) ? root_open_file(next.loader) : -1;
	bool sound;

	if (fd < 0)
		return;
	sound = elf_judge(fd, &next.abi) == ELF_SOUND;
	close(fd);
	for (size_t i = 0; i < abis_count && sound; i++)
		sound = !elf_same_abi(abis[i].abi, next.abi);
	if (!sound)
		return;
	next.sample = system_library_find("libm.so.6", next.abi, false);
	abis = array_add(abis, &abis_count, &next, sizeof next);
}

static void find_abis(void)
{
	static const char *const places[] = {"/lib", "/lib64", "/lib32", "/libx32"};

	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		each_name(places[i], add_abi);
	for (size_t i = 1; i < abis_count; i++) {
		struct system_abi first = abis[0];

		if (!elf_same_abi(abis[i].abi, elf_own_abi()))
			continue;
		abis[0] = abis[i];
		abis[i] = first;
	}
}

size_t system_abis(const struct system_abi **found)
{
	static bool looked;

	if (!looked)
		find_abis();
	looked = true;
	*found = abis;
	return abis_count;
}
