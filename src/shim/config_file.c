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

static const char reasons[][72] = {
	[NSC_CONFIG_TOO_LONG] = "longer than 255 bytes",
	[NSC_CONFIG_CONTROL] = "a control character",
	[NSC_CONFIG_NO_SECTION] = "a section starts with '[program NAME]'; its lines are ignored",
	[NSC_CONFIG_NO_PROGRAM] =
		"a program is a file name or an absolute path; its lines are ignored",
	[NSC_CONFIG_NO_PAIR] = "neither 'key = value' nor '[program NAME]' nor a comment",
	[NSC_CONFIG_NO_KEY] = "unknown key",
	[NSC_CONFIG_NO_VALUE] = "the value is not",
	[NSC_CONFIG_NOT_REGULAR] = "not a regular file",
	[NSC_CONFIG_NOT_ROOTS] = "not owned by root",
	[NSC_CONFIG_WRITABLE] = "writable by others than root",
	[NSC_CONFIG_TOO_LARGE] = "larger than 64 KiB",
	[NSC_CONFIG_UNREADABLE] = "cannot be read",
};

const char *nsc_config_reason(enum nsc_config_reason reason)
{
	return reasons[reason];
}

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

static bool has_control_character(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (((unsigned char)text[i] < ' ' && text[i] != '\t') || text[i] == 0x7f)
			return true;
	return false;
}

static enum nsc_config_reason read_section(char *at, struct nsc_config_item *item)
{
	static const char word[] = "[program";
	size_t size = strlen(at);
	char *name = at + sizeof word - 1;

	if (strncmp(at, word, sizeof word - 1) != 0 || !is_blank(*name) || at[size - 1] != ']')
		return NSC_CONFIG_NO_SECTION;
	name = skip_blanks(name);
	end_string(name, at + size - 1);
	if (!*name || (*name != '/' && strrchr(name, '/')))
		return NSC_CONFIG_NO_PROGRAM;
	item->kind = NSC_CONFIG_PROGRAM;
	item->text = name;
	return NSC_CONFIG_SOUND;
}

static enum nsc_config_reason read_pair(char *key, struct nsc_config_item *item)
{
	char *equals = key;
	unsigned i = 0;

	while (*equals && *equals != '=')
		equals++;
	if (!*equals)
		return NSC_CONFIG_NO_PAIR;
	end_string(key, equals);
	while (i < NSC_SETTINGS && strcmp(key, keys[i]) != 0)
		i++;
	if (i == NSC_SETTINGS)
		return NSC_CONFIG_NO_KEY;
	item->kind = NSC_CONFIG_SETTING;
	item->setting = (enum nsc_setting)i;
	item->text = skip_blanks(equals + 1);
	if (!*item->text || (i == NSC_SETTING_LOG && strcmp(item->text, "stderr") == 0))
		return NSC_CONFIG_NO_VALUE;
	return NSC_CONFIG_SOUND;
}

static void tell(struct nsc_config *config, struct nsc_config_item *item,
		 enum nsc_config_reason reason)
{
	item->offset = config->start + (unsigned)(item->text - config->line);
	if (reason == NSC_CONFIG_SOUND && config->handle(config->data, item))
		return;
	item->kind = NSC_CONFIG_MISTAKE;
	item->reason = reason ? reason : NSC_CONFIG_NO_VALUE;
	item->text = reasons[item->reason];
	config->handle(config->data, item);
}

/* `size` is at most NSC_CONFIG_LINE_MOST. */
static void read_line(struct nsc_config *config, char *at, size_t size, bool too_long)
{
	struct nsc_config_item item = {.line = ++config->lines, .text = at};
	bool has_control = has_control_character(at, size);
	enum nsc_config_reason reason;

	end_string(at, at + size);
	at = skip_blanks(at);
	if (*at == '[')
		config->skips = true; /* until its line turns out to be sound */
	else if (config->skips || *at == '#' || (!*at && !has_control))
		return;
	if (too_long)
		reason = NSC_CONFIG_TOO_LONG;
	else if (has_control)
		reason = NSC_CONFIG_CONTROL;
	else if (*at == '[')
		reason = read_section(at, &item);
	else
		reason = read_pair(at, &item);
	if (item.kind == NSC_CONFIG_PROGRAM)
		config->skips = false;
	tell(config, &item, reason);
}

char *nsc_config_room(struct nsc_config *config, size_t *size)
{
	*size = sizeof config->line - config->size;
	return config->line + config->size;
}

/* The part of a line behind NSC_CONFIG_LINE_MOST has no meaning. */
static void end_line(struct nsc_config *config, char *at, size_t size, bool too_long)
{
	if (!config->in_rest)
		read_line(config, at, size, too_long);
	config->in_rest = too_long;
}

void nsc_config_filled(struct nsc_config *config, size_t size)
{
	size_t end = config->size + size, begin = 0;

	for (size_t i = config->size; i < end; i++)
		if (config->line[i] == '\n') {
			end_line(config, config->line + begin, i - begin, false);
			begin = i + 1;
		}
	if (begin == 0 && end == sizeof config->line) {
		end_line(config, config->line, NSC_CONFIG_LINE_MOST, true);
		begin = end;
	}
	for (size_t i = begin; i < end; i++) {
		config->line[i - begin] = config->line[i];
		__asm__ volatile(""); /* no call of memmove(), which freestanding.c does not have */
	}
	config->size = (unsigned)(end - begin);
	config->start += (unsigned)begin;
}

void nsc_config_end(struct nsc_config *config)
{
	if (config->size)
		end_line(config, config->line, config->size, false);
}

enum nsc_config_reason nsc_config_refused(unsigned mode, unsigned owner, unsigned long long size)
{
	if (!S_ISREG(mode))
		return NSC_CONFIG_NOT_REGULAR;
	if (owner != 0)
		return NSC_CONFIG_NOT_ROOTS;
	if (mode & (S_IWGRP | S_IWOTH))
		return NSC_CONFIG_WRITABLE;
	if (size > NSC_CONFIG_SIZE_MOST)
		return NSC_CONFIG_TOO_LARGE;
	return NSC_CONFIG_SOUND;
}

bool nsc_config_is_for(const char *section, const char *executed, uint64_t executable)
{
	const char *slash = executed ? strrchr(executed, '/') : NULL;

	if (*section != '/' && slash)
		executed = slash + 1;
	return (executed && strcmp(section, executed) == 0) ||
	       (*section == '/' && nsc_config_hash(section, strlen(section)) == executable);
}

uint64_t nsc_config_hash(const char *text, size_t size)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (; size; text++, size--)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3;
	return hash;
}
