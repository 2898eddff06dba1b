/* SPDX-License-Identifier: MIT */
/* The settings of libnoselfconn(7), read from the environment once. */
#ifndef NSC_SETTINGS_H
#define NSC_SETTINGS_H

#include <stdbool.h>

enum nsc_method { NSC_METHOD_AUTO, NSC_METHOD_REPLACE, NSC_METHOD_REWIND, NSC_METHOD_PREVENT };
enum nsc_give_up { NSC_GIVE_UP_RELENT, NSC_GIVE_UP_REFUSE };
enum nsc_log { NSC_LOG_OFF, NSC_LOG_STDERR, NSC_LOG_SYSLOG, NSC_LOG_FILE };

enum nsc_setting {
	NSC_SETTING_DISABLE,
	NSC_SETTING_RETRIES,
	NSC_SETTING_METHOD,
	NSC_SETTING_GIVE_UP,
	NSC_SETTING_LOG,
	NSC_SETTINGS
};

struct nsc_settings {
	bool disabled;
	unsigned retries;
	enum nsc_method method;
	enum nsc_give_up give_up;
	enum nsc_log log;
	char log_path[512]; /* a copy, because programs overwrite their environment with titles */
	unsigned misunderstood; /* bit 1 << enum nsc_setting: the value was invalid */
};

extern struct nsc_settings nsc_settings;

/*
 * Reads the NOSELFCONN_ variables of `environment`, which has the form of environ(7) or is NULL. An
 * empty variable counts as unset. An invalid value leaves the default in force and sets its bit in
 * `misunderstood`. Not for setuid, setgid and capability programs (AT_SECURE): the caller checks.
 */
void nsc_settings_read(char *const *environment);

/*
 * Puts a value into the field of its setting. Returns false, and changes nothing, if the setting
 * does not take the value.
 */
bool nsc_setting_take(struct nsc_settings *settings, enum nsc_setting setting, const char *value);

/* Return the name of a setting's variable, and the valid values in words that fit after "is not".
 */
const char *nsc_setting_name(enum nsc_setting setting);
const char *nsc_setting_values(enum nsc_setting setting);

#endif
