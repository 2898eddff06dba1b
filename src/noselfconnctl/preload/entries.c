/* SPDX-License-Identifier: MIT */
/* What could be put into /etc/ld.so.preload: a bare name, a path, a path with $LIB in it. */
#include "preload/entries.h"

#include <string.h>

#include "preload/system_libraries.h"
#include "preload/preload_file.h"
#include "message.h"
#include "preload/problems.h"

/* /usr/lib/x86_64-linux-gnu/NAME as /usr/$LIB/NAME, which ld.so makes the path of each ABI. */
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
	const char *path = library_find(PRELOAD_LIBRARY, abi, false);

	if (!path)
		path = library_find(PRELOAD_LIBRARY, abi, true);
	return path ? path : PRELOAD_LIBRARY;
}

static void add(struct candidates *candidates, const char *entry)
{
	if (entry)
		candidates->entries[candidates->count++] = entry;
}

bool candidates_find(const char *library, bool tried, struct candidates *candidates)
{
	const struct library_abi *abis;
	size_t count = library_abis(&abis);
	struct troubles troubles = {0};
	const char *path = library;

	candidates->abi = count ? abis[0].abi : elf_own_abi();
	if (!path)
		path = find_library(candidates->abi);
	trouble_in_entry(path, "install libnoselfconn.so (again), or name it by --library",
			 &troubles);
	trouble_say(&troubles);
	if (troubles.count)
		return false;
	if (!library && tried)
		add(candidates, PRELOAD_LIBRARY);
	add(candidates, path);
	if (!library && tried && count > 1)
		add(candidates, for_each_abi(path));
	return true;
}
