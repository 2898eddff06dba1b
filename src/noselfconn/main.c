/* SPDX-License-Identifier: MIT */
/* noselfconn(1): runs a command under the shim, and tells the user where the shim cannot work. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "options.h"
#include "inspect.h"
#include "find_library.h"
#include "exec.h"
#include "message.h"
#include "standard_fds.h"
#include "settings.h"

const char message_program[] = "noselfconn";
const int message_failure = NSC_STATUS_OWN_ERROR;

/* Settings from outside are not ours to refuse: the library keeps its defaults then, and says so in
 * a log at most. */
static void check_environment(void)
{
	nsc_settings = (struct nsc_settings){.retries = 0};
	nsc_settings_read(environ);
	for (int i = 0; i < NSC_SETTINGS; i++) {
		enum nsc_setting setting = (enum nsc_setting)i;

		if (nsc_settings.misunderstood & 1U << i)
			message_error("%s is not %s; the default stays in force",
				      nsc_setting_name(setting), nsc_setting_values(setting));
	}
}

/* What stands in the way of the shim in a program, in words that follow its name. */
static const char *describe(const struct nsc_inspection *found, const struct nsc_library *library)
{
	static const char *const how[] = {
		[NSC_OBSTACLE_SETUID] = "setuid",
		[NSC_OBSTACLE_SETGID] = "setgid",
		[NSC_OBSTACLE_CAPABILITIES] = "one with file capabilities",
		[NSC_OBSTACLE_RAISED] = "run by a program with raised privileges"};

	if (found->obstacle == NSC_OBSTACLE_STATIC)
		return "is a static program: there is no ld.so in it that would load a library";
	if (found->obstacle == NSC_OBSTACLE_ABI)
		return message_format("is a program for %s, and the library is one for %s",
				      elf_abi_name(found->abi), elf_abi_name(library->abi));
	return message_format(
		"is %s, and ld.so heeds LD_PRELOAD in no program with raised privileges; "
		"/etc/ld.so.preload reaches it, see noselfconnctl(8)",
		how[found->obstacle]);
}

/* Tells the user where the shim cannot work in the program at `path`. Returns whether it can. */
static bool is_in_reach(const char *path, const struct nsc_library *library, enum nsc_naming naming,
			bool strict)
{
	const char *then = strict ? "not run" : "it runs unprotected";
	struct nsc_inspection found;
	const char *reason;

	nsc_inspect(path, library->abi, &found);
	if (found.obstacle == NSC_OBSTACLE_NONE) {
		if (nsc_settings.disabled)
			message_error("%s is set; %s", nsc_setting_name(NSC_SETTING_DISABLE), then);
		return !nsc_settings.disabled;
	}
	/* By the name alone ld.so may find another library, one for this program. */
	if (found.obstacle == NSC_OBSTACLE_ABI && naming == NSC_NAMING_NAME && !strict)
		then = "it runs unprotected, unless ld.so finds a libnoselfconn.so for it";
	reason = describe(&found, library);
	if (strcmp(found.program, path) != 0)
		message_error("'%s' is run by '%s', which %s; %s", path, found.program, reason,
			      then);
	else
		message_error("'%s' %s; %s", path, reason, then);
	return false;
}

static enum nsc_naming put_library_in_front(const struct nsc_library *library)
{
	enum nsc_naming naming = nsc_library_try(library);
	int result;

	if (naming == NSC_NAMING_NONE)
		exit(NSC_STATUS_OWN_ERROR);
	if (naming == NSC_NAMING_DESCRIPTOR)
		message_error("LD_PRELOAD cannot hold the path '%s': the library goes along as an "
			      "open file, which programs "
			      "lose that close what they inherit",
			      library->path);
	result = nsc_library_preload(library, naming);
	if (result) {
		message_error("cannot set LD_PRELOAD: %s", strerror(-result));
		exit(NSC_STATUS_OWN_ERROR);
	}
	return naming;
}

static int not_run(const char *command, const char *path, int result)
{
	if (result == -ENOENT && path && access(path, F_OK) == 0)
		message_error("cannot run '%s': the interpreter that it names is missing", command);
	else
		message_error("cannot run '%s': %s", command, strerror(-result));
	return result == -ENOENT ? NSC_STATUS_NOT_FOUND : NSC_STATUS_NOT_EXECUTABLE;
}

int main(int argc, char **argv)
{
	struct nsc_request request;
	struct nsc_library library;
	enum nsc_naming naming;
	char path[PATH_MAX];
	int result;

	if (!standard_fds_fill())
		return NSC_STATUS_OWN_ERROR;
	request = nsc_arguments_read(argc, argv);
	result = nsc_library_find(&library);
	if (result) {
		message_error("no library at '%s': %s", library.path, strerror(-result));
		return NSC_STATUS_OWN_ERROR;
	}
	check_environment();
	result = nsc_program_find(*request.command, path);
	if (result)
		return not_run(*request.command, NULL, result);
	naming = put_library_in_front(&library);
	if (!is_in_reach(path, &library, naming, request.strict) && request.strict)
		return NSC_STATUS_OWN_ERROR;
	return not_run(*request.command, path, nsc_program_run(path, request.command));
}
