/* SPDX-License-Identifier: MIT */
/* The options of noselfconn(1). Their values are checked by the shim's own code. */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exec.h"
#include "message.h"
#include "settings.h"

enum {
	OPTION_LOG = 256,
	OPTION_RETRIES,
	OPTION_METHOD,
	OPTION_REFUSE,
	OPTION_STRICT,
	OPTION_SHELL,
	OPTION_HELP,
	OPTION_VERSION
};

static const struct option options[] = {{"log", required_argument, NULL, OPTION_LOG},
					{"retries", required_argument, NULL, OPTION_RETRIES},
					{"method", required_argument, NULL, OPTION_METHOD},
					{"refuse", no_argument, NULL, OPTION_REFUSE},
					{"strict", no_argument, NULL, OPTION_STRICT},
					{"shell", no_argument, NULL, OPTION_SHELL},
					{"help", no_argument, NULL, OPTION_HELP},
					{"version", no_argument, NULL, OPTION_VERSION},
					{NULL, 0, NULL, 0}};

static const char help[] =
	"usage: noselfconn [OPTION...] [--] COMMAND [ARG...]\n"
	"  or:  noselfconn [OPTION...] --shell\n"
	"Runs COMMAND so that it cannot connect to itself: under the libnoselfconn shim.\n"
	"\n"
	"  --log=WHERE      a line per repair: to stderr, syslog or an /absolute/path\n"
	"  --retries=N      make a call again at most N times: 0 to 100, otherwise 2\n"
	"  --method=METHOD  repair by a fresh socket (replace), by the same one (rewind),\n"
	"                   or as fits (auto, which it is otherwise)\n"
	"  --refuse         refuse the connection when the retries are used up; otherwise\n"
	"                   the self-connection is handed back\n"
	"  --strict         do not run COMMAND where the shim cannot work\n"
	"  --shell          run the shell that $SHELL names\n"
	"  --help           show this\n"
	"  --version        show the version\n"
	"\n"
	"Exit status: that of COMMAND; 125 where noselfconn itself fails, 126 where\n"
	"COMMAND cannot be run, 127 where it is not found.\n"
	"\n"
	"More: man noselfconn, man libnoselfconn\n";

__attribute__((noreturn)) static void misuse(void)
{
	fputs("Try 'noselfconn --help'.\n", stderr);
	exit(NSC_STATUS_OWN_ERROR);
}

__attribute__((noreturn)) static void print(const char *text)
{
	if (fputs(text, stdout) < 0 || fflush(stdout)) {
		message_error("cannot write: %s", strerror(errno));
		exit(NSC_STATUS_OWN_ERROR);
	}
	exit(EXIT_SUCCESS);
}

/* An empty value would count as not set, which nobody means who writes the option. */
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
	if (setenv(nsc_setting_name(setting), value, 1)) {
		message_error("cannot set %s: %s", nsc_setting_name(setting), strerror(errno));
		exit(NSC_STATUS_OWN_ERROR);
	}
}

static void take_option(int option, struct nsc_request *request)
{
	switch (option) {
	case OPTION_LOG:
		set(NSC_SETTING_LOG, "log", optarg);
		break;
	case OPTION_RETRIES:
		set(NSC_SETTING_RETRIES, "retries", optarg);
		break;
	case OPTION_METHOD:
		set(NSC_SETTING_METHOD, "method", optarg);
		break;
	case OPTION_REFUSE:
		set(NSC_SETTING_GIVE_UP, "refuse", "refuse");
		break;
	case OPTION_STRICT:
		request->strict = true;
		break;
	case OPTION_SHELL:
		request->shell = true;
		break;
	case OPTION_HELP:
		print(help);
	case OPTION_VERSION:
		print("noselfconn " PACKAGE_VERSION "\n");
	default:
		misuse();
	}
}

struct nsc_request nsc_arguments_read(int argc, char **argv)
{
	static char usual_shell[] = NSC_PROGRAM_SHELL, *shell[2];
	struct nsc_request request = {false, false, NULL};
	int option;

	/* The first word that is no option is the command; what follows is the command's. */
	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1)
		take_option(option, &request);
	request.command = argv + optind;
	if (request.shell && *request.command) {
		message_error("--shell takes no command, and here is '%s'", *request.command);
		misuse();
	}
	if (request.shell) {
		shell[0] = getenv("SHELL");
		if (!shell[0] || !*shell[0])
			shell[0] = usual_shell;
		request.command = shell;
	}
	if (!*request.command) {
		message_error("which command?");
		misuse();
	}
	return request;
}
