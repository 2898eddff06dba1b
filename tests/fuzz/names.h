/* SPDX-License-Identifier: MIT */
/* Numbers as they stand in a C program. */
#ifndef NSC_FUZZ_NAMES_H
#define NSC_FUZZ_NAMES_H

#include <stdint.h>

/* ECONNREFUSED and the like; a number where it has no name. Valid until the next call. */
const char *fuzz_errno_name(int number);

/* Prints 127.0.0.1:40000, [::1]:40000, or what else the `size` bytes of an address are. */
void fuzz_show_address(const uint8_t *bytes, unsigned size);

#endif
