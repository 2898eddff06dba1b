/* SPDX-License-Identifier: MIT */
/* Reads the command line of noselfconn(1). */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_settings.h"
#include "exec.h"
#include "message.h"
#include "settings.h"

enum { LOG = 256, RETRIES, METHOD, REFUSE, STRICT, SHELL };

static const struct option known[] = {
	{"log", required_argument, NULL, LOG},
	{"retries", required_argument, NULL, RETRIES},
	{"method", required_argument, NULL, METHOD},
	{"refuse", no_argument, NULL, REFUSE},
	{"strict", no_argument, NULL, STRICT},
	{"shell", no_argument, NULL, SHELL},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{NULL, 0, NULL, 0},
};

static const char help[] =
	"usage: noselfconn [OPTION...] [--] COMMAND [ARG...]\n"
	"  or:  noselfconn [OPTION...] --shell\n"
	"Runs COMMAND with the shim libnoselfconn, so that it cannot connect to itself.\n"
	"\n"
	"  --log=WHERE      write a line per repair to stderr, syslog or an /absolute/path\n"
	"  --retries=N      retry a call at most N times, from 0 to 100; the default is 2\n"
	"  --method=METHOD  repair with a new socket (replace), with the same socket\n"
	"                   (rewind), or with the one that suits (auto, the default);\n"
	"                   or keep the kernel from choosing the port (prevent)\n"
	"  --refuse         refuse the connection after the last retry; by default, the\n"
	"                   program gets the self-connection\n"
	"  --strict         run COMMAND only if the shim works in it\n"
	"  --shell          run the shell that $SHELL names\n"
	"  -h, --help       print this help\n"
	"  -V, --version    print the version\n"
	"\n"
	"Exit status: that of COMMAND; 125 if noselfconn itself fails, 126 if COMMAND\n"
	"cannot be run, 127 if it is not found.\n"
	"\n"
	"More: man noselfconn, man libnoselfconn\n";

__attribute__((noreturn)) static void misuse(void)
{
	fputs("Try 'noselfconn --help'.\n", stderr);
	exit(EXEC_OWN_ERROR);
}

__attribute__((noreturn)) static void print(const char *text)
{
	if (fputs(text, stdout) < 0 || fflush(stdout)) {
		message_error("cannot write: %s", strerror(errno));
		exit(EXEC_OWN_ERROR);
	}
	exit(EXIT_SUCCESS);
}

/* Asks the shim's own code. It takes an empty value as not set, which is no use in an option. */
static bool is_understood(enum nsc_setting setting, const char *value)
{
	char *environment[2] = {NULL, NULL};

	if (!*value || asprintf(environment, "%s=%s", nsc_setting_name(setting), value) < 0)
		return false;
	nsc_settings.misunderstood = 0;
	nsc_settings_read(environment);
	free(environment[0]);
	return !nsc_settings.misunderstood;
}

static void set(enum nsc_setting setting, const char *option, const char *value)
{
	if (!is_understood(setting, value)) {
		message_error("--%s: '%s' is not %s", option, value, nsc_setting_values(setting));
		misuse();
	}
	if (setting == NSC_SETTING_LOG && *value == '/' && check_settings_log(value)) {
		message_error("--%s: cannot write to '%s': %s", option, value,
			      check_settings_log(value));
		exit(EXEC_OWN_ERROR);
	}
	if (setenv(nsc_setting_name(setting), value, 1)) {
		message_error("cannot set %s: %s", nsc_setting_name(setting), strerror(errno));
		exit(EXEC_OWN_ERROR);
	}
}

static void take_option(int option, struct options *options)
{
	switch (option) {
	case LOG:
		set(NSC_SETTING_LOG, "log", optarg);
		break;
	case RETRIES:
		set(NSC_SETTING_RETRIES, "retries", optarg);
		break;
	case METHOD:
		set(NSC_SETTING_METHOD, "method", optarg);
		break;
	case REFUSE:
		set(NSC_SETTING_GIVE_UP, "refuse", "refuse");
		break;
	case STRICT:
		options->strict = true;
		break;
	case SHELL:
		options->shell = true;
		break;
	case 'h':
		print(help);
	case 'V':
		print("noselfconn " PACKAGE_VERSION "\n");
	default:
		misuse();
	}
}

static char **shell_command(void)
{
	static char default_shell[] = EXEC_SHELL, *command[2];

	command[0] = getenv("SHELL");
	if (!command[0] || !*command[0])
		command[0] = default_shell;
	return command;
}

struct options options_read(int argc, char **argv)
{
	static char name[] = "noselfconn";
	struct options options = {false, false, NULL};
	int option;

	/* getopt_long(3) starts its messages with argv[0]. */
	if (argc > 0)
		argv[0] = name;
	/* "+": what follows the first word that is not an option belongs to the command. */
	while ((option = getopt_long(argc, argv, "+hV", known, NULL)) != -1)
		take_option(option, &options);
	options.command = argv + optind;
	if (options.shell && *options.command) {
		message_error("--shell takes no command, but '%s' is given", *options.command);
		misuse();
	}
	if (options.shell)
		options.command = shell_command();
	if (!*options.command) {
		message_error("no command given");
		misuse();
	}
	return options;
}
