/* SPDX-License-Identifier: MIT */
/* Remembers which ABIs --partial left without the library. */
#ifndef NSC_PARTIAL_H
#define NSC_PARTIAL_H

#include <stdbool.h>
#include <stddef.h>

#include "elf_abi.h"

#define PARTIAL_NAME "ld.so.preload.noselfconn-partial"

struct partial {
	const char **abis; /* by name: elf_abi_name() */
	size_t count;
	bool all; /* every ABI is in it */
};

void partial_add(struct partial *partial, struct elf_abi abi);
bool partial_has(const struct partial *partial, struct elf_abi abi);
bool partial_has_name(const struct partial *partial, const char *abi);

/* "32-bit x86, 32-bit ARM" */
const char *partial_names(const struct partial *partial);

/* Reads the file in the folder `etc`. A file that is missing or cannot be read names no ABI. */
void partial_read(int etc, struct partial *partial);

/* Writes the file; removes it if no ABI is left out. Returns 0 or -errno. */
int partial_write(int etc, const struct partial *partial);

#endif
