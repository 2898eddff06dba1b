/* SPDX-License-Identifier: MIT */
/* Socket options: those that programs of the fuzzer's set, and all that can be read. */
#ifndef NSC_FUZZ_SETTINGS_H
#define NSC_FUZZ_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

/* Larger than any of ours; what setsockopt() takes more of is zeros. */
enum { FUZZ_SETTING_SIZE = 16 };

struct fuzz_setting {
	int level, option;
	unsigned size;
	int value[4];
	const char *name;
};

extern const struct fuzz_setting fuzz_settings[];
extern const size_t fuzz_setting_count;

/* Puts `value` where setsockopt() takes it from: as an int, but for a few options. */
void fuzz_setting_put(int level, int option, int value, unsigned char bytes[FUZZ_SETTING_SIZE]);

/* The name of an option, or NULL. */
const char *fuzz_setting_name(int level, int option);

/* Whether the option's value on a socket must be the same with and without the shim. */
bool fuzz_setting_compared(int level, int option);

#endif
