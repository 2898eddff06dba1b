/* SPDX-License-Identifier: MIT */
/* The settings of libnoselfconn(7): read from the environment once, and the same ever after. */
#ifndef NSC_SETTINGS_H
#define NSC_SETTINGS_H

#include <stdbool.h>

enum nsc_method { NSC_METHOD_AUTO, NSC_METHOD_REPLACE, NSC_METHOD_REWIND };
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
	char log_path[512];     /* a copy: programs write their titles over their environment */
	unsigned misunderstood; /* a bit, 1 << enum nsc_setting, for each value that could not be
				   used */
};

extern struct nsc_settings nsc_settings;

/*
 * Takes the NOSELFCONN_ variables out of `environment` (as environ(7); NULL for none). A variable
 * that is empty counts as not set. A value that cannot be understood leaves the default in force
 * and sets its bit in `misunderstood`. The caller leaves it out altogether in a setuid, setgid or
 * capability program.
 */
void nsc_settings_read(char *const *environment);

/* The name of a setting's variable, and the values that it takes, in words that fit after "is not".
 */
const char *nsc_setting_name(enum nsc_setting setting);
const char *nsc_setting_values(enum nsc_setting setting);

#endif
