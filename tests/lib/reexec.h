/* SPDX-License-Identifier: MIT */
/* How a test program executes itself once more. */
#ifndef NSC_TESTS_REEXEC_H
#define NSC_TESTS_REEXEC_H

/*
 * The path to execute: /proc/self/exe, or what NSC_TESTS_REEXEC says. qemu-user gives the file of
 * that name to the machine's own kernel, which has no use for another architecture's.
 */
const char *reexec_path(void);

#endif
