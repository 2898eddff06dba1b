/* SPDX-License-Identifier: MIT */
/* errors.txt: the errors that each system call of a repair can give. */
#ifndef NSC_FAULTS_ERRORS_H
#define NSC_FAULTS_ERRORS_H

#include <stdbool.h>

struct fault {
	char call[32];
	char name[20]; /* "EBADF"; "0" for no error but nothing to go by; "-" for a call that cannot
			  fail */
	int error;     /* 0 for the last two */
	bool takes_effect;
};

/* Reads errors.txt; ends the program where there is something in it that is not understood. */
void errors_read(const char *path);

/* The faults in the order of the file, one after the other; NULL after the last. */
const struct fault *errors_at(unsigned index);

/* Is the call in the file at all? */
bool errors_know(const char *call);

/* "EBADF" for EBADF; "errno N" for one that is not in the file. */
const char *errors_name(int error);

#endif
