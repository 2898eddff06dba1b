/* SPDX-License-Identifier: MIT */
/* Where libraries are in the root, and which ABIs its ld.so files serve. */
#ifndef NSC_SYSTEM_LIBRARIES_H
#define NSC_SYSTEM_LIBRARIES_H

#include <stddef.h>

#include "elf_abi.h"

enum { ABI_MOST = 8 };

struct library_abi {
	struct elf_abi abi;
	const char *loader, *sample; /* paths as seen in the root: its ld.so, and a library that
					needs libc, or NULL */
};

/*
 * The ABIs for which the root has glibc's ld.so: up to ABI_MOST of them, that of this very program
 * first where it is among them, looked for once. musl's ld.so does not read /etc/ld.so.preload.
 * Returns how many.
 */
size_t library_abis(const struct library_abi **abis);

/*
 * The path, as seen in the root, of the library `name` (without a slash) for an ABI: in ld.so's
 * default directories, then in /usr/local's, then wherever ld.so.cache knows it. Roughly what ld.so
 * does: a trial run is the judge. NULL where there is none. One that is not sound is found too
 * where `unsound`: somebody will want to hear of it.
 */
const char *library_find(const char *name, struct elf_abi abi, bool unsound);

#endif
