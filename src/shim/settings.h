/* SPDX-License-Identifier: MIT */
/* The settings of libnoselfconn(7), and those of the environment, which are read once. */
#ifndef NSC_SETTINGS_H
#define NSC_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

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

/* Small, because a repair has a copy on the stack. */
struct nsc_settings {
	bool disabled;
	uint8_t retries;
	enum nsc_method method : 8;
	enum nsc_give_up give_up : 8;
	enum nsc_log log : 8;
	uint8_t given, misunderstood; /* bit 1 << enum nsc_setting: a valid or an invalid value */
};

/* Those of the environment, and the path of its log: a copy, because programs overwrite their
 * environment with titles. Hidden also where it is declared, so that a look at it is one
 * instruction. */
extern __attribute__((visibility("hidden"))) struct nsc_settings nsc_settings;
extern char nsc_log_path[512];

/*
 * Reads the NOSELFCONN_ variables of `environment`, which has the form of environ(7) or is NULL. An
 * empty variable counts as unset. So does an invalid value, which sets its bit in `misunderstood`.
 * Not for setuid, setgid and capability programs (AT_SECURE): the caller checks.
 */
void nsc_settings_read(char *const *environment);

/*
 * Puts a value into the field of its setting. Returns false, and changes nothing, if the setting
 * does not take the value. The path of a log is for the caller to keep.
 */
bool nsc_setting_take(struct nsc_settings *settings, enum nsc_setting setting, const char *value);

/* Return the name of a setting's variable, and the valid values in words that fit after "is not".
 */
const char *nsc_setting_name(enum nsc_setting setting);
const char *nsc_setting_values(enum nsc_setting setting);

#endif
