/* SPDX-License-Identifier: MIT */
/* noselfconn(1): runs a command under the shim. Its settings are checked by the shim's own code. */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "inspect.h"
#include "library.h"
#include "program.h"
#include "settings.h"

/* As env(1) and timeout(1) have them, after POSIX (Exit Status for Commands). */
enum { STATUS_OWN_ERROR = 125, STATUS_NOT_EXECUTABLE = 126, STATUS_NOT_FOUND = 127 };

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

static const struct option options[] = {
	{"log", required_argument, NULL, OPTION_LOG},
	{"retries", required_argument, NULL, OPTION_RETRIES},
	{"method", required_argument, NULL, OPTION_METHOD},
	{"refuse", no_argument, NULL, OPTION_REFUSE},
	{"strict", no_argument, NULL, OPTION_STRICT},
	{"shell", no_argument, NULL, OPTION_SHELL},
	{"help", no_argument, NULL, OPTION_HELP},
	{"version", no_argument, NULL, OPTION_VERSION},
	{NULL, 0, NULL, 0}};

static const char help[] =
	"Usage: noselfconn [OPTION...] [--] COMMAND [ARG...]\n"
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

__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fputs("noselfconn: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
}

__attribute__((noreturn)) static void misuse(void)
{
	fputs("Try 'noselfconn --help'.\n", stderr);
	exit(STATUS_OWN_ERROR);
}

__attribute__((noreturn)) static void print(const char *text)
{
	if (fputs(text, stdout) < 0 || fflush(stdout)) {
		say("cannot write: %s", strerror(errno));
		exit(STATUS_OWN_ERROR);
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
		say("--%s: '%s' is not %s", option, value, nsc_setting_values(setting));
		misuse();
	}
	if (setenv(nsc_setting_name(setting), value, 1)) {
		say("cannot set %s: %s", nsc_setting_name(setting), strerror(errno));
		exit(STATUS_OWN_ERROR);
	}
}

struct request {
	bool strict, shell;
	char **command;
};

static void take_option(int option, struct request *request)
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

static struct request read_arguments(int argc, char **argv)
{
	static char usual_shell[] = NSC_PROGRAM_SHELL, *shell[2];
	struct request request = {false, false, NULL};
	int option;

	/* The first word that is no option is the command; what follows is the command's. */
	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1)
		take_option(option, &request);
	request.command = argv + optind;
	if (request.shell && *request.command) {
		say("--shell takes no command, and here is '%s'", *request.command);
		misuse();
	}
	if (request.shell) {
		shell[0] = getenv("SHELL");
		if (!shell[0] || !*shell[0])
			shell[0] = usual_shell;
		request.command = shell;
	}
	if (!*request.command) {
		say("which command?");
		misuse();
	}
	return request;
}

/* Settings from outside are not ours to refuse: the library keeps its defaults then, and says so in a log at most. */
static void check_environment(void)
{
	nsc_settings = (struct nsc_settings){.retries = 0};
	nsc_settings_read(environ);
	for (int i = 0; i < NSC_SETTINGS; i++) {
		enum nsc_setting setting = (enum nsc_setting)i;

		if (nsc_settings.misunderstood & 1u << i)
			say("%s is not %s; the default stays in force", nsc_setting_name(setting),
			    nsc_setting_values(setting));
	}
}

/* What stands in the way of the shim in a program, in words that follow its name. */
static void describe(const struct nsc_inspection *found, const struct nsc_library *library, char *reason, size_t size)
{
	static const char *const how[] = {
		[NSC_OBSTACLE_SETUID] = "setuid",
		[NSC_OBSTACLE_SETGID] = "setgid",
		[NSC_OBSTACLE_CAPABILITIES] = "one with file capabilities",
		[NSC_OBSTACLE_RAISED] = "run by a program with raised privileges"};
	char its[40], ours[40];

	if (found->obstacle == NSC_OBSTACLE_STATIC) {
		snprintf(reason, size, "is a static program: there is no ld.so in it that would load a library");
	} else if (found->obstacle == NSC_OBSTACLE_ABI) {
		nsc_abi_name(&found->abi, its, sizeof its);
		nsc_abi_name(&library->abi, ours, sizeof ours);
		snprintf(reason, size, "is a program for %s, and the library is one for %s", its, ours);
	} else {
		snprintf(reason, size, "is %s, and ld.so heeds LD_PRELOAD in no program with raised privileges; "
		                       "/etc/ld.so.preload reaches it, see noselfconnctl(8)", how[found->obstacle]);
	}
}

/* Tells the user where the shim cannot work in the program at `path`. Returns whether it can. */
static bool is_in_reach(const char *path, const struct nsc_library *library, enum nsc_naming naming, bool strict)
{
	const char *then = strict ? "not run" : "it runs unprotected";
	struct nsc_inspection found;
	char reason[256];

	nsc_inspect(path, &library->abi, &found);
	if (found.obstacle == NSC_OBSTACLE_NONE) {
		if (nsc_settings.disabled)
			say("%s is set; %s", nsc_setting_name(NSC_SETTING_DISABLE), then);
		return !nsc_settings.disabled;
	}
	/* By the name alone ld.so may find another library, one for this program. */
	if (found.obstacle == NSC_OBSTACLE_ABI && naming == NSC_NAMING_NAME && !strict)
		then = "it runs unprotected, unless ld.so finds a libnoselfconn.so for it";
	describe(&found, library, reason, sizeof reason);
	if (strcmp(found.program, path))
		say("'%s' is run by '%s', which %s; %s", path, found.program, reason, then);
	else
		say("'%s' %s; %s", path, reason, then);
	return false;
}

static enum nsc_naming put_library_in_front(const struct nsc_library *library)
{
	enum nsc_naming naming = nsc_library_try(library);
	int result;

	if (naming == NSC_NAMING_NONE)
		exit(STATUS_OWN_ERROR);
	if (naming == NSC_NAMING_DESCRIPTOR)
		say("LD_PRELOAD cannot hold the path '%s': the library goes along as an open file, which programs lose "
		    "that close what they inherit",
		    library->path);
	result = nsc_library_preload(library, naming);
	if (result) {
		say("cannot set LD_PRELOAD: %s", strerror(-result));
		exit(STATUS_OWN_ERROR);
	}
	return naming;
}

static int not_run(const char *command, const char *path, int result)
{
	if (result == -ENOENT && path && access(path, F_OK) == 0)
		say("cannot run '%s': the interpreter that it names is missing", command);
	else
		say("cannot run '%s': %s", command, strerror(-result));
	return result == -ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
}

int main(int argc, char **argv)
{
	struct request request = read_arguments(argc, argv);
	struct nsc_library library;
	enum nsc_naming naming;
	char path[PATH_MAX];
	int result = nsc_library_find(&library);

	if (result) {
		say("no library at '%s': %s", library.path, strerror(-result));
		return STATUS_OWN_ERROR;
	}
	check_environment();
	result = nsc_program_find(*request.command, path);
	if (result)
		return not_run(*request.command, NULL, result);
	naming = put_library_in_front(&library);
	if (!is_in_reach(path, &library, naming, request.strict) && request.strict)
		return STATUS_OWN_ERROR;
	return not_run(*request.command, path, nsc_program_run(path, request.command));
}
