/* SPDX-License-Identifier: MIT */
/* The root's noselfconn.conf(5), with the mistakes in it. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "array.h"
#include "config_file.h"
#include "json.h"
#include "message.h"
#include "root.h"

static void add_mistake(struct config *config, unsigned line, const char *reason)
{
	struct config_mistake mistake = {line, reason};

	config->mistakes =
		array_add(config->mistakes, &config->mistakes_count, &mistake, sizeof mistake);
}

static bool same_section(const char *one, const char *other)
{
	return one == other || (one && other && strcmp(one, other) == 0);
}

/* The last line that sets a key for a program counts. */
static void add_setting(struct config *config, struct config_setting setting)
{
	for (size_t i = 0; i < config->settings_count; i++)
		if (config->settings[i].setting == setting.setting &&
		    same_section(config->settings[i].program, setting.program)) {
			config->settings[i] = setting;
			return;
		}
	config->settings =
		array_add(config->settings, &config->settings_count, &setting, sizeof setting);
}

static bool take(void *data, const struct nsc_config_item *item)
{
	static struct nsc_settings scratch;
	struct config *config = data;
	const char *text = message_format("%s", item->text);

	switch (item->kind) {
	case NSC_CONFIG_PROGRAM:
		config->program = text;
		break;
	case NSC_CONFIG_MISTAKE:
		if (item->reason == NSC_CONFIG_NO_VALUE)
			text = message_format("%s %s", text, nsc_config_values(item->setting));
		add_mistake(config, item->line, text);
		break;
	case NSC_CONFIG_SETTING:
		if (!nsc_setting_take(&scratch, item->setting, text))
			return false;
		add_setting(config, (struct config_setting){item->line, config->program,
							    item->setting, text});
	}
	return true;
}

static void read_text(struct config *config, int fd)
{
	struct nsc_config parser = {.handle = take, .data = config};
	char *at;
	size_t room, size = 0;
	ssize_t more;

	while (at = nsc_config_room(&parser, &room),
	       size < NSC_CONFIG_SIZE_MOST && (more = read(fd, at, room)) > 0) {
		nsc_config_filled(&parser, (size_t)more);
		size += (size_t)more;
	}
	if (more < 0)
		add_mistake(config, 0, message_format("cannot be read: %s", strerror(errno)));
	nsc_config_end(&parser);
}

static bool is_accepted(struct config *config, const struct stat *status)
{
	enum nsc_config_reason why =
		nsc_config_refused((unsigned)status->st_mode, (unsigned)status->st_uid,
				   (unsigned long long)status->st_size);

	if (why)
		add_mistake(
			config, 0,
			message_format("%s: the whole file is ignored", nsc_config_reason(why)));
	else if (!(status->st_mode & S_IROTH))
		add_mistake(config, 0, "not readable by all users: their programs ignore it");
	return why == NSC_CONFIG_SOUND;
}

void config_read(struct config *config)
{
	static const char name[] = "noselfconn.conf";
	int folder = root_open("/etc", O_RDONLY | O_DIRECTORY), fd = -1;
	struct stat status;

	/* Opening a device may have an effect. So look first; the library does not. */
	config->exists = folder >= 0 && fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0;
	if (config->exists && is_accepted(config, &status)) {
		fd = openat(folder, name,
			    O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
		if (fd < 0)
			add_mistake(config, 0,
				    message_format("cannot be read: %s", strerror(errno)));
	}
	if (fd >= 0) {
		read_text(config, fd);
		close(fd);
	}
	if (folder >= 0)
		close(folder);
}

void config_json(const struct config *config)
{
	json_string("file", root_path(NSC_CONFIG_PATH));
	json_boolean("exists", config->exists);
	json_boolean("sound", config->mistakes_count == 0);
	json_open("settings", '[');
	for (size_t i = 0; i < config->settings_count; i++) {
		const struct config_setting *one = &config->settings[i];

		json_open(NULL, '{');
		json_number("line", one->line);
		json_string("program", one->program);
		json_string("key", nsc_config_key(one->setting));
		json_string("value", one->value);
		json_close();
	}
	json_close();
	json_open("mistakes", '[');
	for (size_t i = 0; i < config->mistakes_count; i++) {
		json_open(NULL, '{');
		json_number("line", config->mistakes[i].line);
		json_string("reason", config->mistakes[i].reason);
		json_close();
	}
	json_close();
}
