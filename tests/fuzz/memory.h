/* SPDX-License-Identifier: MIT */
/* Memory for calls' arguments, in which reading past the caller's bytes faults. */
#ifndef NSC_FUZZ_MEMORY_H
#define NSC_FUZZ_MEMORY_H

#include <stdbool.h>

#include "program.h"

enum fuzz_area {
	FUZZ_AREA_ADDRESS,
	FUZZ_AREA_HEADERS,
	FUZZ_AREA_PARTS,
	FUZZ_AREA_DATA,
	FUZZ_AREAS
};

void fuzz_memory_map(void);

/*
 * Puts `size` bytes, or zeros if `bytes` is NULL, at the very end of the area. Returns the pointer
 * for the call: to the bytes, to a read-only mapping of them, NULL, or a wild pointer.
 */
void *fuzz_memory_put(enum fuzz_area area, const void *bytes, size_t size,
		      enum fuzz_pointer pointer);

/* Have an area's bytes changed since they were put there? */
bool fuzz_memory_changed(enum fuzz_area area);

#endif
