/* SPDX-License-Identifier: MIT */
/* The options of noselfconn(1). Their values are checked by the shim's own code. */
#ifndef NSC_COMMAND_OPTIONS_H
#define NSC_COMMAND_OPTIONS_H

#include <stdbool.h>

struct nsc_request {
	bool strict, shell;
	char **command; /* at least one word; NULL is the last */
};

/*
 * Reads the arguments of main(), and puts the settings among them into the environment. Ends the
 * process where they are wrong, with NSC_STATUS_OWN_ERROR, and after --help and --version.
 */
struct nsc_request nsc_arguments_read(int argc, char **argv);

#endif
