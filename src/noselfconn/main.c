/* SPDX-License-Identifier: MIT */
/* noselfconn(1): runs a command under the shim, or tells the user why the shim cannot work in it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "options.h"
#include "check_settings.h"
#include "inspect.h"
#include "find_library.h"
#include "library_word.h"
#include "exec.h"
#include "message.h"
#include "standard_fds.h"
#include "settings.h"

const char message_program[] = "noselfconn";
const int message_failure = EXEC_OWN_ERROR;

/* Describes the obstacle in words that follow the program's name. */
static const char *describe(const struct inspection *found, const struct library *library)
{
	static const char *const kinds[] = {[OBSTACLE_SETUID] = "is setuid",
					    [OBSTACLE_SETGID] = "is setgid",
					    [OBSTACLE_CAPABILITIES] = "has file capabilities",
					    [OBSTACLE_RAISED] =
						    "is run by a program with raised privileges"};

	switch (found->obstacle) {
	case OBSTACLE_STATIC:
		return "is a static program: it has no ld.so that could load a library";
	case OBSTACLE_ABI:
		return message_format("is a program for %s, but the library is for %s",
				      elf_abi_name(found->abi), elf_abi_name(library->abi));
	case OBSTACLE_UNREADABLE:
		return "cannot be read, so nobody can tell whether the shim works in it";
	default:
		return message_format(
			"%s, so ld.so ignores LD_PRELOAD; use /etc/ld.so.preload, see "
			"noselfconnctl(8)",
			kinds[found->obstacle]);
	}
}

/* Says how an unprotected program goes on. */
static const char *consequence(const struct inspection *found, enum library_word word, bool strict)
{
	if (strict)
		return "not run";
	if (found->obstacle == OBSTACLE_UNREADABLE)
		return "it may run unprotected";
	/* By the bare name, ld.so may find another library, for this ABI. */
	if (found->obstacle == OBSTACLE_ABI && word == LIBRARY_NAME)
		return "it runs unprotected, unless ld.so finds a libnoselfconn.so for it";
	return "it runs unprotected";
}

/* Returns true if the shim works in the program at `path`. Otherwise tells the user why not. */
static bool is_in_reach(const char *path, const struct library *library,
			const struct inspection *found, enum library_word word, bool strict)
{
	const char *then = consequence(found, word, strict), *reason;

	if (found->obstacle == OBSTACLE_NONE) {
		if (nsc_settings.disabled)
			message_error("%s is set; %s", nsc_setting_name(NSC_SETTING_DISABLE), then);
		return !nsc_settings.disabled;
	}
	reason = describe(found, library);
	if (strcmp(found->program, path) != 0)
		message_error("'%s' is run by '%s', which %s; %s", path, found->program, reason,
			      then);
	else
		message_error("'%s' %s; %s", path, reason, then);
	return false;
}

/*
 * The word of LD_PRELOAD for this program. The bare name is for our own ld.so: another one, such as
 * musl's, may look elsewhere, and musl's says nothing if it does not find the library.
 */
static enum library_word choose_word(const struct library *library, const struct inspection *found)
{
	enum library_word word = library_word_find(library);

	if (word == LIBRARY_NONE)
		exit(EXEC_OWN_ERROR);
	if (word == LIBRARY_PATH || found->obstacle != OBSTACLE_NONE || !*found->loader ||
	    inspect_is_own_loader(found->loader))
		return word;
	if (!find_library_has_usable_path(library)) {
		message_error("LD_PRELOAD cannot hold the path '%s', which '%s' needs, because its "
			      "ld.so is '%s'",
			      library->path, found->program, found->loader);
		exit(EXEC_OWN_ERROR);
	}
	return LIBRARY_PATH;
}

static int report_not_run(const char *command, const char *path, int result)
{
	if (result == -ENOENT && path && access(path, F_OK) == 0)
		message_error("cannot run '%s': its interpreter is missing", command);
	else
		message_error("cannot run '%s': %s", command, strerror(-result));
	return result == -ENOENT ? EXEC_NOT_FOUND : EXEC_NOT_EXECUTABLE;
}

int main(int argc, char **argv)
{
	struct options options;
	struct library library;
	struct inspection found;
	enum library_word word;
	char path[PATH_MAX];
	int result;

	if (!standard_fds_fill())
		return EXEC_OWN_ERROR;
	options = options_read(argc, argv);
	result = find_library(&library);
	if (result) {
		message_error("no library at '%s': %s", library.path, strerror(-result));
		return EXEC_OWN_ERROR;
	}
	check_settings_environment();
	result = exec_find(*options.command, path);
	if (result)
		return report_not_run(*options.command, NULL, result);
	inspect(path, library.abi, &found);
	word = choose_word(&library, &found);
	result = library_word_preload(&library, word);
	if (result) {
		message_error("cannot set LD_PRELOAD: %s", strerror(-result));
		return EXEC_OWN_ERROR;
	}
	if (!is_in_reach(path, &library, &found, word, options.strict) && options.strict)
		return EXEC_OWN_ERROR;
	return report_not_run(*options.command, path, exec_run(path, options.command));
}
