/* SPDX-License-Identifier: MIT */
/*
 * The format of noselfconn.conf(5), for the library and for noselfconnctl. Opens and keeps nothing,
 * and is async-signal-safe.
 */
#include "config_file.h"

#include <string.h>
#include <sys/stat.h>

static const char keys[NSC_SETTINGS][8] = {
	[NSC_SETTING_DISABLE] = "disable", [NSC_SETTING_RETRIES] = "retries",
	[NSC_SETTING_METHOD] = "method",   [NSC_SETTING_GIVE_UP] = "give_up",
	[NSC_SETTING_LOG] = "log",
};

const char *nsc_config_key(enum nsc_setting setting)
{
	return keys[setting];
}

/* Not stderr: the programs of a whole machine use it for output of their own. */
const char *nsc_config_values(enum nsc_setting setting)
{
	return setting == NSC_SETTING_LOG ? "off, syslog or an absolute path"
					  : nsc_setting_values(setting);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static char *skip_blanks(char *at)
{
	while (is_blank(*at))
		at++;
	return at;
}

/* Ends the string that begins at `start` before the blanks that precede `end`. */
static void end_string(const char *start, char *end)
{
	while (end > start && is_blank(end[-1]))
		end--;
	*end = '\0';
}

static void mistake(struct nsc_config *config, const char *reason, const char *values)
{
	struct nsc_config_item item = {.kind = NSC_CONFIG_MISTAKE,
				       .line = config->lines,
				       .text = reason,
				       .values = values};

	config->handle(config->data, &item);
}

static bool has_control_character(const char *text, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		if (((unsigned char)text[i] < ' ' && text[i] != '\t') || text[i] == 0x7f)
			return true;
	return false;
}

static void read_section(struct nsc_config *config, char *at)
{
	static const char word[] = "[program";
	struct nsc_config_item item = {.kind = NSC_CONFIG_PROGRAM, .line = config->lines};
	size_t size = strlen(at);
	char *name = at + sizeof word - 1;

	config->skips = true;
	if (strncmp(at, word, sizeof word - 1) != 0 || !is_blank(*name) || at[size - 1] != ']') {
		mistake(config, "a section starts with '[program NAME]'; its lines are ignored",
			NULL);
		return;
	}
	name = skip_blanks(name);
	end_string(name, at + size - 1);
	if (!*name || (*name != '/' && strrchr(name, '/'))) {
		mistake(config,
			"a program is a file name or an absolute path; its lines are ignored",
			NULL);
		return;
	}
	config->skips = false;
	item.text = name;
	config->handle(config->data, &item);
}

static void read_setting(struct nsc_config *config, const char *key, const char *value)
{
	struct nsc_config_item item = {
		.kind = NSC_CONFIG_SETTING, .line = config->lines, .text = value};
	unsigned i = 0;

	while (i < NSC_SETTINGS && strcmp(key, keys[i]) != 0)
		i++;
	if (i == NSC_SETTINGS) {
		mistake(config, "unknown key", NULL);
		return;
	}
	item.setting = (enum nsc_setting)i;
	if (!*value || (item.setting == NSC_SETTING_LOG && strcmp(value, "stderr") == 0) ||
	    !config->handle(config->data, &item))
		mistake(config, "the value is not", nsc_config_values(item.setting));
}

static void read_pair(struct nsc_config *config, char *key)
{
	char *equals = key;

	while (*equals && *equals != '=')
		equals++;
	if (!*equals) {
		mistake(config, "neither 'key = value' nor '[program NAME]' nor a comment", NULL);
		return;
	}
	end_string(key, equals);
	read_setting(config, key, skip_blanks(equals + 1));
}

static void end_line(struct nsc_config *config)
{
	bool too_long = config->size > NSC_CONFIG_LINE_MOST;
	unsigned size = too_long ? NSC_CONFIG_LINE_MOST : config->size;
	bool has_control = has_control_character(config->line, size);
	char *at = config->line;

	config->lines++;
	config->size = 0;
	end_string(at, at + size);
	at = skip_blanks(at);
	if (*at == '[')
		config->skips = true; /* until its line turns out to be sound */
	else if (config->skips || *at == '#' || (!*at && !has_control))
		return;
	if (too_long)
		mistake(config, "longer than 255 bytes", NULL);
	else if (has_control)
		mistake(config, "a control character", NULL);
	else if (*at == '[')
		read_section(config, at);
	else
		read_pair(config, at);
}

void nsc_config_feed(struct nsc_config *config, const char *bytes, size_t size)
{
	for (; size; bytes++, size--) {
		if (*bytes == '\n')
			end_line(config);
		else if (config->size < NSC_CONFIG_LINE_MOST)
			config->line[config->size++] = *bytes;
		else
			config->size = NSC_CONFIG_LINE_MOST + 1;
	}
}

void nsc_config_end(struct nsc_config *config)
{
	if (config->size)
		end_line(config);
}

const char *nsc_config_refused(unsigned mode, unsigned owner, unsigned long long size)
{
	if (!S_ISREG(mode))
		return "not a regular file";
	if (owner != 0)
		return "not owned by root";
	if (mode & (S_IWGRP | S_IWOTH))
		return "writable by others than root";
	if (size > NSC_CONFIG_SIZE_MOST)
		return "larger than 64 KiB";
	return NULL;
}

bool nsc_config_is_for(const char *section, const char *executed, const char *executable)
{
	const char *slash = executed ? strrchr(executed, '/') : NULL;

	if (*section != '/' && slash)
		executed = slash + 1;
	return (executed && strcmp(section, executed) == 0) ||
	       (*section == '/' && executable && strcmp(section, executable) == 0);
}
