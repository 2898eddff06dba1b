/* SPDX-License-Identifier: MIT */
/* Finds libraries in the root, and the ABIs that its ld.so files serve. */
#ifndef NSC_SYSTEM_LIBRARIES_H
#define NSC_SYSTEM_LIBRARIES_H

#include <stddef.h>

#include "elf_abi.h"

struct system_abi {
	struct elf_abi abi;
	const char *loader; /* the path of its ld.so in the root */
	const char *sample; /* the path of a library that needs libc, or NULL */
};

/*
 * Lists the ABIs for which the root has glibc's ld.so; the ABI of this program comes first. musl's
 * ld.so does not read /etc/ld.so.preload. Looks once and remembers. Returns their number.
 */
size_t system_abis(const struct system_abi **found);

/*
 * Finds the library `name` (without a slash) for an ABI: in ld.so's default directories, then in
 * those of /usr/local, then in ld.so.cache. This is about what ld.so does; a trial run decides.
 * With `unsound`, a broken file counts too. Returns the path in the root, or NULL.
 */
const char *system_library_find(const char *name, struct elf_abi abi, bool unsound);

#endif
