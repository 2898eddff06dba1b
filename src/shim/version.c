/* SPDX-License-Identifier: MIT */
/*
 * The version as an ELF note (elf(5)), which can be read without loading the library: owner
 * "noselfconn", type 1, and the version as a string. noselfconnctl(8) shows it. The note is
 * read-only and has no address in it, so it needs no segment and no relocation.
 */
#include <stdint.h>

#define OWNER "noselfconn"

/* Both strings are padded to a multiple of four bytes. Their sizes do not include the padding. */
#define PADDED(string) ((sizeof(string) + 3) / 4 * 4)

static const struct {
	uint32_t owner_size, version_size, type;
	char owner[PADDED(OWNER)];
	char version[PADDED(PACKAGE_VERSION)];
} note __attribute__((section(".note.noselfconn"), aligned(4), used)) = {
	sizeof OWNER, sizeof PACKAGE_VERSION, 1, OWNER, PACKAGE_VERSION};
