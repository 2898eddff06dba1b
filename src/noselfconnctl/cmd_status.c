/* SPDX-License-Identifier: MIT */
/* noselfconnctl status: shows what is in force, and whether it is sound. Changes nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "config_file.h"
#include "ctl.h"
#include "elf_file.h"
#include "json.h"
#include "message.h"
#include "preload/health.h"
#include "preload/system_libraries.h"
#include "process.h"
#include "root.h"
#include "settings.h"
#include "shields.h"

struct findings {
	const char *entry;             /* NULL if disabled */
	const char *library, *version; /* NULL if unknown */
	struct health health;
	long caller; /* the process that started us, or 0 if it cannot be seen */
	const char *caller_name;
	bool caller_is_protected;
	struct shields shields;
	struct config config;
};

static const char *version_of(const char *path)
{
	int fd = path ? root_open_file(path) : -1;
	const char *version = fd < 0 ? NULL : elf_version(fd);

	if (fd >= 0)
		close(fd);
	return version;
}

/* Leaves out a caller whose maps cannot be read, because it is another user's. */
static void look_at_caller(struct findings *findings)
{
	long caller = getppid();
	enum process_kind kind = root_is_machine() ? process_kind(caller) : PROCESS_UNKNOWN;

	if (caller <= 1 || kind == PROCESS_UNKNOWN)
		return;
	findings->caller = caller;
	findings->caller_name = process_name(caller);
	findings->caller_is_protected = kind == PROCESS_PROTECTED;
}

static bool is_file(const char *path)
{
	int fd = root_open_file(path);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* The library in force; if there is none, the one that enable would take. */
static const char *library_of(const struct findings *findings, const char *library)
{
	const char *entry = findings->entry ? findings->entry : library;
	const struct system_abi *abis;

	if (findings->health.loaded)
		return findings->health.loaded;
	if (entry && *entry == '/' && !strchr(entry, '$'))
		return findings->entry || is_file(entry) ? entry : NULL;
	return system_library_find(entry && *entry != '/' ? entry : PRELOAD_LIBRARY,
				   system_abis(&abis) ? abis[0].abi : elf_own_abi(), true);
}

static bool look(const struct ctl *ctl, struct findings *findings)
{
	if (!health_read(ctl->library, &findings->entry, &findings->health))
		return false;
	findings->library = library_of(findings, ctl->library);
	findings->version = version_of(findings->library);
	look_at_caller(findings);
	shields_look(findings->health.loaded, &findings->shields);
	config_read(&findings->config);
	return true;
}

/* The file first: the environment overrides it. */
static void print_file_settings(const struct config *config)
{
	const char *path = root_path(NSC_CONFIG_PATH);

	for (size_t i = 0; i < config->settings_count; i++) {
		const struct config_setting *one = &config->settings[i];

		message_print("setting:  %s = %s in %s%s%s", nsc_config_key(one->setting),
			      one->value, path, one->program ? ", for " : "",
			      one->program ? one->program : "");
	}
	if (config->mistakes_count)
		message_print("          %s has mistakes: run 'noselfconnctl config'", path);
}

static void print_settings(bool json)
{
	for (int i = 0; i < NSC_SETTINGS; i++) {
		const char *name = nsc_setting_name((enum nsc_setting)i), *value = getenv(name);

		if (!value || !*value)
			continue;
		if (json) {
			json_string(name, value);
			continue;
		}
		message_print("setting:  %s=%s", name, message_printable(value));
		if (nsc_settings.misunderstood & 1U << i)
			message_print("          not valid, and ignored: it takes %s",
				      nsc_setting_values((enum nsc_setting)i));
	}
}

static void print_json(const struct findings *findings)
{
	const struct problems *problems = &findings->health.problems;
	const struct partial *without = &findings->health.without;

	json_open(NULL, '{');
	json_boolean("enabled", findings->entry);
	json_boolean("healthy", problems->count == 0);
	json_string("file", root_path(PRELOAD_PATH));
	json_string("entry", findings->entry);
	json_string("library", findings->library);
	json_string("version", findings->version);
	json_string("loaded_by_new_programs", findings->health.loaded);
	json_open("without_library", '[');
	for (size_t i = 0; i < without->count; i++)
		json_string(NULL, without->abis[i]);
	json_close();
	if (findings->caller) {
		json_open("caller", '{');
		json_number("pid", (unsigned long)findings->caller);
		json_string("program", findings->caller_name);
		json_boolean("protected", findings->caller_is_protected);
		json_close();
	}
	json_open("settings", '{');
	print_settings(true);
	json_close();
	json_open("configuration", '{');
	config_json(&findings->config);
	json_close();
	shields_json(&findings->shields);
	json_open("troubles", '[');
	for (size_t i = 0; i < problems->count; i++) {
		json_open(NULL, '{');
		json_string("what", problems->list[i].what);
		json_string("remedy", problems->list[i].remedy);
		json_close();
	}
	json_close();
	json_close();
}

static void print_words(const struct findings *findings)
{
	const struct health *health = &findings->health;
	const char *path = root_path(PRELOAD_PATH);

	if (findings->entry)
		message_print("entry:    %s in %s", findings->entry, path);
	else
		message_print("entry:    none in %s: disabled", path);
	message_print("library:  %s", findings->library ? findings->library : "none found");
	message_print("version:  %s", findings->version ? findings->version : "unknown");
	message_print("in force: %s", health->loaded  ? "programs that start now load it"
				      : health->tried ? "programs that start now do not load it"
						      : "unknown, because no program can be run");
	if (findings->caller)
		message_print("          the caller, %s (pid %ld), %s it",
			      message_printable(findings->caller_name), findings->caller,
			      findings->caller_is_protected ? "has" : "does not have");
	if (health->without.count)
		message_print("partial:  programs for %s run without it, as accepted by enable "
			      "--partial",
			      partial_names(&health->without));
	shields_print(&findings->shields);
	print_file_settings(&findings->config);
	print_settings(false);
	message_print("health:   %s", health->problems.count ? "broken" : "sound");
	for (size_t i = 0; i < health->problems.count; i++) {
		message_print("  %s", health->problems.list[i].what);
		message_print("    remedy: %s", health->problems.list[i].remedy);
	}
}

int ctl_status(const struct ctl *ctl)
{
	static struct findings findings;

	if (!look(ctl, &findings))
		return CTL_TROUBLE;
	if (findings.health.untried)
		message_error("note: no trial run: %s", file_error(findings.health.untried));
	nsc_settings_read(environ);
	if (ctl->json)
		print_json(&findings);
	else
		print_words(&findings);
	if (findings.health.problems.count)
		return CTL_TROUBLE;
	return findings.entry ? CTL_OK : CTL_NO;
}
