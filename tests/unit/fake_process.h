/* SPDX-License-Identifier: MIT */
/*
 * Makes the process look freshly executed. Check forks its tests, and a fork shares its
 * descriptors.
 */
#ifndef NSC_TESTS_FAKE_PROCESS_H
#define NSC_TESTS_FAKE_PROCESS_H

/*
 * Has the fake kernel clear "forked but didn't exec" in /proc/self/stat. Install the fake kernel
 * first.
 */
void fake_process_executed(void);

#endif
