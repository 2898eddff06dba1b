/* SPDX-License-Identifier: MIT */
/* The errors that each system call of a repair can return. */
#ifndef NSC_FAULTS_ERRORS_H
#define NSC_FAULTS_ERRORS_H

#include <stdbool.h>

struct fault {
	const char *call;
	const char *name; /* "EBADF"; "0" for an empty success */
	int error;
	bool takes_effect; /* the kernel carries the call out despite the error */
};

/* Returns the faults one by one; NULL after the last. */
const struct fault *errors_at(unsigned index);

/* Is the call in the table? The table also has calls that cannot fail. */
bool errors_know(const char *call);

/* Returns "EBADF" for EBADF, or "errno N" for an error that is not in the table. */
const char *errors_name(int error);

#endif
