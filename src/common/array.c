/* SPDX-License-Identifier: MIT */
/* An array that grows by one element at a time. */
#include "array.h"

#include <stdlib.h>
#include <string.h>

#include "message.h"

void *array_add(void *array, size_t *count, const void *element, size_t size)
{
	/* The room doubles whenever the count reaches a power of two. */
	if ((*count & (*count - 1)) == 0)
		array = memory_or_exit(reallocarray(array, *count ? 2 * *count : 1, size));
	memcpy((char *)array + *count * size, element, size);
	++*count;
	return array;
}
