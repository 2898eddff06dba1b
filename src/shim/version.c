/* SPDX-License-Identifier: MIT */
/*
 * The version, where it can be read from the file without loading it: an ELF note (elf(5)) of owner
 * "noselfconn" and type 1, whose descriptor is the version as a string. noselfconnctl(8) shows it.
 * Read-only and without an address in it, so that it costs no segment and no relocation.
 */
#include <stdint.h>

#define OWNER "noselfconn"

/* Both strings are padded to a multiple of four bytes; their sizes are told without. */
#define PADDED(string) ((sizeof(string) + 3) / 4 * 4)

static const struct {
	uint32_t owner_size, version_size, type;
	char owner[PADDED(OWNER)];
	char version[PADDED(PACKAGE_VERSION)];
} note __attribute__((section(".note.noselfconn"), aligned(4), used)) = {
	sizeof OWNER, sizeof PACKAGE_VERSION, 1, OWNER, PACKAGE_VERSION};
