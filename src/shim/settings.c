/* SPDX-License-Identifier: MIT */
/* The settings of libnoselfconn(7), and those of the environment, which are read once. */
#include "settings.h"

#include <string.h>

enum { MAX_RETRIES = 100 };

struct nsc_settings nsc_settings = {.retries = 2};
char nsc_log_path[512];

static const struct {
	char name[24], values[72];
} described[NSC_SETTINGS] = {
	[NSC_SETTING_DISABLE] = {"NOSELFCONN_DISABLE", "0 or 1"},
	[NSC_SETTING_RETRIES] = {"NOSELFCONN_RETRIES", "a whole number from 0 to 100"},
	[NSC_SETTING_METHOD] = {"NOSELFCONN_METHOD", "auto, prevent, replace or rewind"},
	[NSC_SETTING_GIVE_UP] = {"NOSELFCONN_GIVE_UP", "relent or refuse"},
	[NSC_SETTING_LOG] = {"NOSELFCONN_LOG",
			     "off, stderr, syslog or an absolute path of at most 511 bytes"},
};

const char *nsc_setting_name(enum nsc_setting setting)
{
	return described[setting].name;
}

const char *nsc_setting_values(enum nsc_setting setting)
{
	return described[setting].values;
}

static bool set_disable(struct nsc_settings *settings, const char *value)
{
	if (strcmp(value, "0") != 0 && strcmp(value, "1") != 0)
		return false;
	settings->disabled = *value == '1';
	return true;
}

static bool set_retries(struct nsc_settings *settings, const char *value)
{
	unsigned number = 0;

	for (const char *at = value; *at; at++) {
		if (*at < '0' || *at > '9')
			return false;
		number = number * 10 + (unsigned)(*at - '0');
		if (number > MAX_RETRIES)
			return false;
	}
	settings->retries = (uint8_t)number;
	return true;
}

static bool set_method(struct nsc_settings *settings, const char *value)
{
	if (strcmp(value, "auto") == 0)
		settings->method = NSC_METHOD_AUTO;
	else if (strcmp(value, "replace") == 0)
		settings->method = NSC_METHOD_REPLACE;
	else if (strcmp(value, "rewind") == 0)
		settings->method = NSC_METHOD_REWIND;
	else if (strcmp(value, "prevent") == 0)
		settings->method = NSC_METHOD_PREVENT;
	else
		return false;
	return true;
}

static bool set_give_up(struct nsc_settings *settings, const char *value)
{
	if (strcmp(value, "relent") == 0)
		settings->give_up = NSC_GIVE_UP_RELENT;
	else if (strcmp(value, "refuse") == 0)
		settings->give_up = NSC_GIVE_UP_REFUSE;
	else
		return false;
	return true;
}

static bool set_log(struct nsc_settings *settings, const char *value)
{
	if (strcmp(value, "off") == 0) {
		settings->log = NSC_LOG_OFF;
	} else if (strcmp(value, "stderr") == 0) {
		settings->log = NSC_LOG_STDERR;
	} else if (strcmp(value, "syslog") == 0) {
		settings->log = NSC_LOG_SYSLOG;
	} else if (*value == '/' && strlen(value) < sizeof nsc_log_path) {
		settings->log = NSC_LOG_FILE;
	} else {
		return false;
	}
	return true;
}

bool nsc_setting_take(struct nsc_settings *settings, enum nsc_setting setting, const char *value)
{
	switch (setting) {
	case NSC_SETTING_DISABLE:
		return set_disable(settings, value);
	case NSC_SETTING_RETRIES:
		return set_retries(settings, value);
	case NSC_SETTING_METHOD:
		return set_method(settings, value);
	case NSC_SETTING_GIVE_UP:
		return set_give_up(settings, value);
	default:
		return set_log(settings, value);
	}
}

static void read_value(enum nsc_setting setting, const char *value)
{
	if (!nsc_setting_take(&nsc_settings, setting, value)) {
		nsc_settings.misunderstood |= (uint8_t)(1U << setting);
		return;
	}
	nsc_settings.given |= (uint8_t)(1U << setting);
	if (setting == NSC_SETTING_LOG && *value == '/')
		memcpy(nsc_log_path, value, strlen(value) + 1);
}

static void read_variable(const char *variable)
{
	for (int i = 0; i < NSC_SETTINGS; i++) {
		size_t length = strlen(described[i].name);

		if (strncmp(variable, described[i].name, length) == 0 && variable[length] == '=' &&
		    variable[length + 1])
			read_value((enum nsc_setting)i, variable + length + 1);
	}
}

void nsc_settings_read(char *const *environment)
{
	static const char prefix[] = "NOSELFCONN_";

	if (!environment)
		return;
	for (; *environment; environment++)
		if (strncmp(*environment, prefix, sizeof prefix - 1) == 0)
			read_variable(*environment);
}
