/* SPDX-License-Identifier: MIT */
/* A process that looks as if it had been executed: Check's tests are forks, which share
 * descriptors. */
#ifndef NSC_TESTS_FAKE_PROCESS_H
#define NSC_TESTS_FAKE_PROCESS_H

/* Has the fake kernel, installed before, take "forked but didn't exec" out of /proc/self/stat. */
void fake_process_executed(void);

#endif
