/* SPDX-License-Identifier: MIT */
/* Memory for the arguments of calls, in which nothing can be read behind what the caller has put
 * there. */
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
 * Puts `size` bytes, or zeros where `bytes` is NULL, at the very end of the area, and returns the
 * pointer that a caller passes: to them, to a mapping of them that is read-only, NULL, or one that
 * leads nowhere.
 */
void *fuzz_memory_put(enum fuzz_area area, const void *bytes, size_t size,
		      enum fuzz_pointer pointer);

/* Whether an area is otherwise than it was put. */
bool fuzz_memory_changed(enum fuzz_area area);

#endif
