/* SPDX-License-Identifier: MIT */
/* A noselfconn.conf that a test writes, in the place of the machine's own. */
#ifndef NSC_TESTS_FAKE_CONFIG_H
#define NSC_TESTS_FAKE_CONFIG_H

#include <stddef.h>

enum { FAKE_CONFIG_FD = 900 };

/* A test may change each of them after fake_config_install(). */
extern struct fake_config {
	const char *text;
	size_t size, piece;       /* read(2) gives so many bytes at most */
	unsigned mode, owner;     /* by its path */
	unsigned owner_when_open; /* by its descriptor */
	int opened, closed;       /* how often */
	const char *log;          /* the last other path that was opened, or NULL */
	long flags;
	size_t position;
	size_t announced; /* its size, as statx(2) gives it */
} fake_config;

/* Answers the calls that read the file. fake_kernel_install() has been called. The text must last.
 */
void fake_config_install(const char *text);

/* What getauxval(AT_SECURE) gives from now on. */
void fake_config_secure(unsigned long secure);

#endif
