/* SPDX-License-Identifier: MIT */
/* Finds the path with which a test program executes itself again. */
#ifndef NSC_TESTS_REEXEC_H
#define NSC_TESTS_REEXEC_H

/*
 * Returns NSC_TESTS_REEXEC if it is set, else /proc/self/exe. qemu-user passes /proc/self/exe to
 * the host's kernel, which cannot run another architecture's file.
 */
const char *reexec_path(void);

#endif
