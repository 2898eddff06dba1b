/* SPDX-License-Identifier: MIT */
/* Prints the help of noselfconnctl from its tables of subcommands and options. */
#include "usage.h"

#include <stdio.h>
#include <string.h>

#include "array.h"
#include "message.h"
#include "nearest.h"

/* The completions read these lines: two spaces, a name or option, and two spaces before the help.
 */
static void print_line(const char *what, const char *help)
{
	message_print("  %-22s  %s", what, help);
}

static void print_option(const struct usage_option *option)
{
	const char *what = message_format("--%s%s%s", option->name, option->argument ? " " : "",
					  option->argument ? option->argument : "");

	if (option->letter)
		what = message_format("-%c, %s", option->letter, what);
	print_line(what, option->help);
}

void usage_print(const struct usage *usage, const struct usage_command *command)
{
	if (command) {
		message_print("usage: noselfconnctl %s [OPTION...]%s%s\n%s", command->name,
			      command->arguments ? " " : "",
			      command->arguments ? command->arguments : "", command->help);
	} else {
		message_print("usage: noselfconnctl COMMAND [OPTION...] [ARGUMENT...]\n"
			      "Keep the programs of this machine from connecting to themselves.\n"
			      "\n"
			      "commands:");
		for (const struct usage_command *one = usage->commands; one->name; one++)
			print_line(message_format("%s%s%s", one->name, one->arguments ? " " : "",
						  one->arguments ? one->arguments : ""),
				   one->help);
	}
	message_print("\noptions:");
	for (const struct usage_option *option = usage->options; option->name; option++)
		if (!command ||
		    (command->options | usage->general) & 1U << (option - usage->options))
			print_option(option);
	message_print("\nexit status: 0 done, or yes; 1 no; 2 wrong usage; 3 refused, failed or "
		      "broken. See noselfconnctl(8).");
}

const struct usage_command *usage_find(const struct usage *usage, const char *name)
{
	for (const struct usage_command *one = usage->commands; one->name; one++)
		if (strcmp(name, one->name) == 0)
			return one;
	return NULL;
}

const char *usage_nearest(const struct usage *usage, const char *name)
{
	const char **names = NULL;
	size_t count = 0;

	for (const struct usage_command *one = usage->commands; one->name; one++)
		names = array_add(names, &count, &one->name, sizeof one->name);
	return nearest(name, names, count);
}
