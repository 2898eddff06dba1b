/* SPDX-License-Identifier: MIT */
/* An array that grows by one element at a time. */
#ifndef NSC_ARRAY_H
#define NSC_ARRAY_H

#include <stddef.h>

/*
 * Copies the `size` bytes at `element` behind the `*count` elements of `array`, which is NULL at
 * first and from malloc afterwards. Returns the array, which may have moved. Ends the tool if there
 * is no memory. The room is always a power of two, so there is nothing else to remember.
 *
 *	list = array_add(list, &count, &one, sizeof one);
 */
void *array_add(void *array, size_t *count, const void *element, size_t size);

#endif
