/* SPDX-License-Identifier: MIT */
/* The socket options that the fuzzer's programs set, and all options that can be read. */
#ifndef NSC_FUZZ_SETTINGS_H
#define NSC_FUZZ_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

/* Larger than any of our values. setsockopt() gets zeros beyond the value. */
enum { FUZZ_SETTING_SIZE = 16 };

struct fuzz_setting {
	int level, option;
	unsigned size;
	int value[4];
	const char *name;
};

extern const struct fuzz_setting fuzz_settings[];
extern const size_t fuzz_setting_count;

/* Stores `value` in setsockopt()'s format: an int for all but a few options. */
void fuzz_setting_put(int level, int option, int value, unsigned char bytes[FUZZ_SETTING_SIZE]);

/* Returns the option's name or NULL. */
const char *fuzz_setting_name(int level, int option);

/* Must the option's value on a socket be the same with and without the shim? */
bool fuzz_setting_compared(int level, int option);

#endif
