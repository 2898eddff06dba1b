/* SPDX-License-Identifier: MIT */
/* noselfconnctl(8): libnoselfconn.so for the whole machine. This file reads the command line. */
#include "main.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "root.h"
#include "message.h"
#include "standard_fds.h"

const char message_program[] = "noselfconnctl";
const int message_failure = CTL_TROUBLE;

static const char help[] =
	"usage: noselfconnctl [OPTION...] COMMAND [PORT...]\n"
	"Keeps all programs of this machine from connecting to themselves.\n"
	"\n"
	"commands:\n"
	"  enable         put libnoselfconn.so into /etc/ld.so.preload, once programs have been "
	"seen to start with it\n"
	"  disable        take it out; works where no other program starts any more\n"
	"  status         what is in force, and whether it is sound\n"
	"  ports          listening ports that the kernel may give to clients as source ports, and "
	"how to reserve them\n"
	"  ports PORT...  would a client that retries connect to itself on these, and how soon?\n"
	"  scan           sockets that are connected to themselves now\n"
	"\n"
	"options:\n"
	"  --json           status, ports, scan: as JSON\n"
	"  --library PATH   another library file, or name, than libnoselfconn.so where ld.so finds "
	"it\n"
	"  --partial        enable: also where some ABI's programs have no library and will say so "
	"at each start\n"
	"  --reserve        ports: reserve them, now and after the next boot\n"
	"  --root DIRECTORY the files of this root folder, as of an image; not for scan\n"
	"  --help, --version\n"
	"\n"
	"exit status:\n"
	"  0  done; or enabled and sound; no port at risk; no self-connection\n"
	"  1  disabled; ports at risk; self-connections\n"
	"  2  wrong usage\n"
	"  3  refused, failed, broken; nothing has been changed, or it is as it was\n";

enum { JSON, LIBRARY, PARTIAL, RESERVE, ROOT, HELP, TELL_VERSION };

static const struct option options[] = {
	{"json", no_argument, NULL, JSON},
	{"library", required_argument, NULL, LIBRARY},
	{"partial", no_argument, NULL, PARTIAL},
	{"reserve", no_argument, NULL, RESERVE},
	{"root", required_argument, NULL, ROOT},
	{"help", no_argument, NULL, HELP},
	{"version", no_argument, NULL, TELL_VERSION},
	{NULL, 0, NULL, 0},
};

static const struct command {
	const char *name;
	int (*run)(const struct ctl *ctl);
	unsigned options; /* 1 << JSON and so on */
	bool arguments;
} commands[] = {
	{"enable", ctl_enable, 1 << LIBRARY | 1 << PARTIAL | 1 << ROOT, false},
	{"disable", ctl_disable, 1 << LIBRARY | 1 << ROOT, false},
	{"status", ctl_status, 1 << LIBRARY | 1 << JSON | 1 << ROOT, false},
	{"ports", ctl_ports, 1 << JSON | 1 << RESERVE | 1 << ROOT, true},
	{"scan", ctl_scan, 1 << JSON, false},
};

static int misuse(const char *what)
{
	message_error("%s", what);
	fputs("Try 'noselfconnctl --help'.\n", stderr);
	return CTL_USAGE;
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (strcmp(name, commands[i].name) == 0)
			return &commands[i];
	return NULL;
}

static int run(const char *name, unsigned given, const char *root, const struct ctl *ctl)
{
	const struct command *command = find_command(name);
	int error;

	if (!command)
		return misuse(message_format("what is '%s'?", name));
	for (const struct option *option = options; option->name; option++)
		if (given & ~command->options & 1u << option->val)
			return misuse(message_format("--%s is not for %s", option->name, name));
	if (ctl->count && !command->arguments)
		return misuse(message_format("%s takes no '%s'", name, ctl->arguments[0]));
	error = root_enter(root);
	if (error) {
		message_error("%s: %s", root, strerror(-error));
		return CTL_TROUBLE;
	}
	return command->run(ctl);
}

/* Output that nobody got is no success: a full disk, a closed pipe. */
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

int main(int argc, char *argv[])
{
	struct ctl ctl = {0};
	const char *root = "/";
	unsigned given = 0;
	int option;

	if (!standard_fds_fill())
		return CTL_TROUBLE;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == HELP) {
			fputs(help, stdout);
			return finish(CTL_OK);
		}
		if (option == TELL_VERSION) {
			message_print("noselfconnctl " PACKAGE_VERSION);
			return finish(CTL_OK);
		}
		if (option == '?') {
			fputs("Try 'noselfconnctl --help'.\n", stderr);
			return CTL_USAGE;
		}
		given |= 1u << option;
		if (option == LIBRARY)
			ctl.library = optarg;
		if (option == ROOT)
			root = optarg;
	}
	if (optind == argc)
		return misuse("which command?");
	if (ctl.library && !is_entry(ctl.library))
		return misuse(message_format(
			"'%s' is neither an absolute path nor a name without a slash",
			ctl.library));
	ctl.json = given & 1u << JSON;
	ctl.partial = given & 1u << PARTIAL;
	ctl.reserve = given & 1u << RESERVE;
	ctl.arguments = argv + optind + 1;
	ctl.count = argc - optind - 1;
	return finish(run(argv[optind], given, root, &ctl));
}
