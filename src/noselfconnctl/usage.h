/* SPDX-License-Identifier: MIT */
/* Prints the help of noselfconnctl from its tables of subcommands and options. */
#ifndef NSC_USAGE_H
#define NSC_USAGE_H

#include <stddef.h>

#include "ctl.h"

struct usage_option {
	const char *name;
	char letter;          /* its short form, or 0 */
	const char *argument; /* what it takes, or NULL */
	const char *help;
	size_t at; /* the field of struct ctl: a bool, or a const char * if it takes an argument */
};

struct usage_command {
	const char *name;
	const char *arguments; /* what it takes, or NULL */
	const char *help;
	int (*run)(const struct ctl *ctl);
	unsigned options; /* those that it takes, as bits: 1 << the place in the table */
};

/* Both tables end with a name that is NULL. */
struct usage {
	const struct usage_command *commands;
	const struct usage_option *options;
	unsigned general; /* the options that every subcommand takes, as bits */
};

/* Prints the help of one subcommand; of all, if `command` is NULL. */
void usage_print(const struct usage *usage, const struct usage_command *command);

const struct usage_command *usage_find(const struct usage *usage, const char *name);

/* The subcommand with the name that is most like a mistyped one, or NULL. */
const char *usage_nearest(const struct usage *usage, const char *name);

#endif
