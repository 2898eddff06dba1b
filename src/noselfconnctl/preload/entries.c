/* SPDX-License-Identifier: MIT */
/* The forms in which /etc/ld.so.preload can name the library. */
#include "preload/entries.h"

#include <string.h>

#include "message.h"
#include "preload/preload_file.h"
#include "preload/problems.h"
#include "preload/system_libraries.h"

/* Turns /usr/lib/x86_64-linux-gnu/NAME into /usr/$LIB/NAME, which ld.so expands for each ABI. */
static const char *for_each_abi(const char *path)
{
	static const char *const prefixes[] = {"/usr/local/lib", "/usr/lib", "/lib"};

	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
		int length = (int)strlen(prefixes[i]);

		if (strncmp(path, prefixes[i], (size_t)length) == 0)
			return message_format("%.*s$LIB%s", length - (int)strlen("lib"),
					      prefixes[i], strrchr(path, '/'));
	}
	return NULL;
}

static const char *find_library(struct elf_abi abi)
{
	const char *path = system_library_find(PRELOAD_LIBRARY, abi, false);

	if (!path)
		path = system_library_find(PRELOAD_LIBRARY, abi, true);
	return path ? path : PRELOAD_LIBRARY;
}

static void add(struct entries *entries, const char *entry)
{
	if (entry)
		entries->list[entries->count++] = entry;
}

bool entries_find(const char *library, bool tried, struct entries *entries)
{
	const struct system_abi *abis;
	size_t count = system_abis(&abis);
	struct problems problems = {0};

	entries->abi = count ? abis[0].abi : elf_own_abi();
	entries->path = library ? library : find_library(entries->abi);
	problems_in_entry(entries->path,
			  "install libnoselfconn.so again, or name it with --library", &problems);
	problems_print(&problems);
	if (problems.count)
		return false;
	if (!library && tried)
		add(entries, PRELOAD_LIBRARY);
	add(entries, entries->path);
	if (!library && tried && count > 1)
		add(entries, for_each_abi(entries->path));
	return true;
}
