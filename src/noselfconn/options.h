/* SPDX-License-Identifier: MIT */
/* Reads the command line of noselfconn(1). */
#ifndef NSC_OPTIONS_H
#define NSC_OPTIONS_H

#include <stdbool.h>

struct options {
	bool strict, shell;
	char **command; /* at least one word; NULL is the last */
};

/*
 * Reads the arguments of main(), and puts the settings among them into the environment. Ends the
 * process with EXEC_OWN_ERROR if they are wrong, and with 0 after --help and --version.
 */
struct options options_read(int argc, char **argv);

#endif
