/* SPDX-License-Identifier: MIT */
/* noselfconnctl(8) reads its command line here, and runs a subcommand. */
#include "ctl.h"

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "message.h"
#include "root.h"
#include "standard_fds.h"
#include "usage.h"

const char message_program[] = "noselfconnctl";
const int message_failure = CTL_TROUBLE;

enum {
	OPT_ALL_NETNS,
	OPT_JSON,
	OPT_LIBRARY,
	OPT_NETNS,
	OPT_PARTIAL,
	OPT_PROMETHEUS,
	OPT_RESERVE,
	OPT_ROOT,
	OPT_HELP,
	OPT_VERSION,
	OPTIONS
};

/* The same as bits, for the subcommands that take them. Every subcommand takes the general ones. */
enum {
	ALL_NETNS = 1 << OPT_ALL_NETNS,
	JSON = 1 << OPT_JSON,
	LIBRARY = 1 << OPT_LIBRARY,
	NETNS = 1 << OPT_NETNS,
	PARTIAL = 1 << OPT_PARTIAL,
	PROMETHEUS = 1 << OPT_PROMETHEUS,
	RESERVE = 1 << OPT_RESERVE,
	ROOT = 1 << OPT_ROOT,
	GENERAL = 1 << OPT_HELP | 1 << OPT_VERSION
};

/* The fields of struct ctl hold what is given; main() treats help and version itself. */
static const struct usage_option options[] = {
	[OPT_ALL_NETNS] = {"all-netns", 0, NULL, "look into all network namespaces of the machine",
			   offsetof(struct ctl, all_netns)},
	[OPT_JSON] = {"json", 0, NULL, "print JSON", offsetof(struct ctl, json)},
	[OPT_LIBRARY] = {"library", 0, "PATH",
			 "use this library file or name, not libnoselfconn.so",
			 offsetof(struct ctl, library)},
	[OPT_NETNS] = {"netns", 0, "NAME",
		       "work in this network namespace, or in that of a process number",
		       offsetof(struct ctl, netns)},
	[OPT_PARTIAL] = {"partial", 0, NULL,
			 "accept that programs of some ABIs run without the library",
			 offsetof(struct ctl, partial)},
	[OPT_PROMETHEUS] = {"prometheus", 0, NULL, "print metrics for Prometheus",
			    offsetof(struct ctl, prometheus)},
	[OPT_RESERVE] = {"reserve", 0, NULL, "reserve the ports, now and at every boot",
			 offsetof(struct ctl, reserve)},
	[OPT_ROOT] = {"root", 0, "DIRECTORY", "work on the system in this folder, such as an image",
		      offsetof(struct ctl, root)},
	[OPT_HELP] = {"help", 'h', NULL, "print this help, or that of COMMAND", 0},
	[OPT_VERSION] = {"version", 'V', NULL, "print the version", 0},
	[OPTIONS] = {0},
};

/*
 * A new subcommand takes a row here, its function in ctl.h, its file in Makemodule.am, and a
 * section of noselfconnctl(8). Help, completions and tests follow this table.
 */
static const struct usage_command commands[] = {
	{"enable", NULL, "put libnoselfconn.so into /etc/ld.so.preload, if programs start with it",
	 ctl_enable, LIBRARY | PARTIAL | ROOT},
	{"disable", NULL, "remove it; works even if no other program starts", ctl_disable,
	 LIBRARY | ROOT},
	{"stats", NULL, "show how many self-connections were prevented, by program", ctl_stats,
	 JSON | PROMETHEUS},
	{"status", NULL, "show what is in force, and whether it works", ctl_status,
	 JSON | LIBRARY | ROOT},
	{"config", NULL, "check noselfconn.conf, and show the mistakes in it", ctl_config,
	 JSON | ROOT},
	{"firewall", "on|off|status|print",
	 "refuse self-connections of every program in a network namespace", ctl_firewall,
	 JSON | NETNS},
	{"ports", "[PORT[-LAST]...]",
	 "show which servers' ports, or which of these, clients may get", ctl_ports,
	 JSON | RESERVE | ROOT},
	{"scan", NULL, "show the sockets that are connected to themselves now", ctl_scan,
	 ALL_NETNS | JSON},
	{0},
};

static const struct usage usage = {commands, options, GENERAL};

static int misuse(const char *what)
{
	message_error("%s", what);
	fputs("Try 'noselfconnctl --help'.\n", stderr);
	return CTL_USAGE;
}

/* A full disk or a closed pipe makes the answer a failure. */
static int finish(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	message_error("standard output cannot be written");
	return CTL_TROUBLE;
}

/* An entry of ld.so.preload is one word, and a path in it is absolute. */
static bool is_entry(const char *library)
{
	return *library && !strpbrk(library, " \t\r\n:#") &&
	       (*library == '/' || !strchr(library, '/'));
}

/* Options without a letter have numbers above those of letters. */
enum { NO_LETTER = 256 };

/* getopt_long() does not print this itself, because it would print control characters. */
static const char *fault_of(int result, const char *word)
{
	if (result == ':')
		return message_format("option '%s' needs an argument", word);
	if (optopt == 0)
		return message_format("unknown option '%s'", word);
	if (optopt >= NO_LETTER || strncmp(word, "--", 2) == 0)
		return message_format("option '%s' takes no argument", word);
	return message_format("unknown option '-%c'", optopt);
}

/* Fills `ctl`, and sets a bit of *given for each option. Returns what is wrong, or NULL. */
static const char *read_options(int argc, char *argv[], struct ctl *ctl, unsigned *given)
{
	struct option known[OPTIONS + 1] = {0};
	char letters[OPTIONS + 2] = ":";
	int option;

	for (int i = 0; i < OPTIONS; i++) {
		known[i].name = options[i].name;
		known[i].has_arg = options[i].argument ? required_argument : no_argument;
		known[i].val = options[i].letter ? options[i].letter : NO_LETTER + i;
		if (options[i].letter)
			strncat(letters, &options[i].letter, 1);
	}
	while ((option = getopt_long(argc, argv, letters, known, NULL)) != -1) {
		int i = 0;

		if (option == '?' || option == ':')
			return fault_of(option, argv[optind - 1]);
		while (known[i].val != option)
			i++;
		*given |= 1U << i;
		if (options[i].argument)
			*(const char **)((char *)ctl + options[i].at) = optarg;
		else if (options[i].at)
			*(bool *)((char *)ctl + options[i].at) = true;
	}
	return NULL;
}

static int run(const struct usage_command *command, unsigned given, const struct ctl *ctl)
{
	const char *root = ctl->root ? ctl->root : "/";
	int error;

	for (int i = 0; i < OPTIONS; i++)
		if (given & ~(command->options | GENERAL) & 1U << i)
			return misuse(message_format("--%s is not an option of %s", options[i].name,
						     command->name));
	if (ctl->count && !command->arguments)
		return misuse(message_format("%s takes no argument: '%s'", command->name,
					     ctl->arguments[0]));
	if (ctl->library && !is_entry(ctl->library))
		return misuse(message_format(
			"'%s' is neither an absolute path nor a name without a slash",
			ctl->library));
	error = root_enter(root);
	if (error) {
		message_error("%s: %s", root, strerror(-error));
		return CTL_TROUBLE;
	}
	return command->run(ctl);
}

int main(int argc, char *argv[])
{
	struct ctl ctl = {0};
	const struct usage_command *command;
	unsigned given = 0;
	const char *fault, *nearest, *name;

	if (!standard_fds_fill() || argc < 1)
		return CTL_TROUBLE;
	fault = read_options(argc, argv, &ctl, &given);
	if (fault)
		return misuse(fault);
	if (given & 1U << OPT_VERSION) {
		message_print("noselfconnctl " PACKAGE_VERSION);
		return finish(CTL_OK);
	}
	name = argv[optind];
	command = name ? usage_find(&usage, name) : NULL;
	if (given & 1U << OPT_HELP) {
		usage_print(&usage, command);
		return finish(CTL_OK);
	}
	if (!name)
		return misuse("no command given");
	nearest = usage_nearest(&usage, name);
	if (!command && nearest)
		return misuse(
			message_format("unknown command '%s'; did you mean '%s'?", name, nearest));
	if (!command)
		return misuse(message_format("unknown command '%s'", name));
	ctl.arguments = argv + optind + 1;
	ctl.count = argc - optind - 1;
	return finish(run(command, given, &ctl));
}
