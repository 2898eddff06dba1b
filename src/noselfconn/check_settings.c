/* SPDX-License-Identifier: MIT */
/* Tells the user about settings of the shim that would have no effect. */
#include "check_settings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "message.h"
#include "nearest.h"
#include "settings.h"

#define PREFIX "NOSELFCONN_"

static const char *wrong_folder(const char *path)
{
	size_t size = (size_t)(strrchr(path, '/') - path);
	char *folder = message_format("%.*s", size ? (int)size : 1, path);
	const char *wrong = NULL;

	if (faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS))
		wrong = strerror(errno);
	free(folder);
	return wrong;
}

const char *check_settings_log(const char *path)
{
	struct stat status;

	if (lstat(path, &status))
		return errno == ENOENT ? wrong_folder(path) : strerror(errno);
	if (S_ISDIR(status.st_mode))
		return strerror(EISDIR);
	if (S_ISLNK(status.st_mode))
		return "the library does not follow symbolic links";
	if (S_ISSOCK(status.st_mode))
		return "it is a socket";
	return faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) ? strerror(errno) : NULL;
}

static bool is_name(const char *name, size_t size, enum nsc_setting setting)
{
	const char *known = nsc_setting_name(setting);

	return strlen(known) == size && memcmp(known, name, size) == 0;
}

static void check_name(const char *variable)
{
	const char *names[NSC_SETTINGS], *similar;
	size_t size = strcspn(variable, "=");
	char *name;

	for (int i = 0; i < NSC_SETTINGS; i++) {
		names[i] = nsc_setting_name((enum nsc_setting)i);
		if (is_name(variable, size, (enum nsc_setting)i))
			return;
	}
	name = message_format("%.*s", (int)size, variable);
	similar = nearest(name, names, NSC_SETTINGS);
	message_error("%s is not a setting of libnoselfconn%s%s%s", name,
		      similar ? "; did you mean " : "", similar ? similar : "", similar ? "?" : "");
	free(name);
}

void check_settings_environment(void)
{
	const char *wrong;

	for (char **variable = environ; variable && *variable; variable++)
		if (strncmp(*variable, PREFIX, strlen(PREFIX)) == 0)
			check_name(*variable);
	nsc_settings = (struct nsc_settings){.retries = 0};
	nsc_settings_read(environ);
	for (int i = 0; i < NSC_SETTINGS; i++) {
		enum nsc_setting setting = (enum nsc_setting)i;

		if (!(nsc_settings.misunderstood & 1U << i))
			continue;
		message_error("%s is not %s; the default stays in force", nsc_setting_name(setting),
			      nsc_setting_values(setting));
		unsetenv(nsc_setting_name(setting));
	}
	if (nsc_settings.log != NSC_LOG_FILE)
		return;
	wrong = check_settings_log(nsc_log_path);
	if (wrong)
		message_error("%s: cannot write to '%s', and its lines will be lost: %s",
			      nsc_setting_name(NSC_SETTING_LOG), nsc_log_path, wrong);
}
