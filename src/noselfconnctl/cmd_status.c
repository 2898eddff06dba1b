/* SPDX-License-Identifier: MIT */
/* noselfconnctl status: what is in force, and is it sound? Changes nothing. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "main.h"
#include "elf_file.h"
#include "preload/etc.h"
#include "json.h"
#include "preload/system_libraries.h"
#include "preload/trial_programs.h"
#include "root.h"
#include "message.h"
#include "settings.h"
#include "preload/problems.h"

struct findings {
	const char *entry;             /* NULL where it is disabled */
	const char *library, *version; /* NULL for not known */
	const char *fresh; /* the library that a program has which starts now; NULL for none */
	long caller;       /* the process that started us; 0 where that is not to be known */
	const char *caller_name;
	bool caller_has_it;
	struct troubles troubles;
};

static const char *version_of(const char *path)
{
	int fd = path ? root_open(path, O_RDONLY) : -1;
	const char *version = fd < 0 ? NULL : elf_version(fd);

	if (fd >= 0)
		close(fd);
	return version;
}

static bool contains_line_with(const char *path, const char *part)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	bool found = false;

	while (file && !found && getline(&line, &size, file) >= 0)
		found = strstr(line, part);
	free(line);
	if (file)
		fclose(file);
	return found;
}

/* One that cannot be read, because it is another user's, is not named at all. */
static void look_at_caller(struct findings *findings)
{
	long caller = getppid();
	const char *maps = message_format("/proc/%ld/maps", caller);
	char name[32] = "";
	FILE *file;

	if (caller <= 1 || !root_is_machine() || !contains_line_with(maps, "/"))
		return;
	file = fopen(message_format("/proc/%ld/comm", caller), "re");
	if (file && fgets(name, sizeof name, file))
		name[strcspn(name, "\n")] = '\0';
	if (file)
		fclose(file);
	findings->caller = caller;
	findings->caller_name = message_format("%s", name);
	findings->caller_has_it = contains_line_with(maps, "/" PRELOAD_LIBRARY);
}

/*
 * A program that fails with no ld.so.preload at all, too, says nothing about it; nor does one that
 * is not even started, such as of an ABI that this kernel has not: that shows without a mount
 * namespace, which takes privileges.
 */
static bool fails_anyway(const struct trial_program *program, const struct trial_result *failed)
{
	struct trial trial = {.place = TRIAL_STAGED, .bytes = "", .size = 0};
	struct trial_result result = {0};

	return !failed->started || (trial_run(&trial, program, 1, &result) == 0 && !result.passed);
}

static void try_programs(struct findings *findings)
{
	const char *slash = findings->entry ? strrchr(findings->entry, '/') : NULL;
	struct trial trial = {.place = TRIAL_IN_FORCE,
			      .wanted = slash ? slash + 1 : findings->entry};
	struct trial_program programs[TRIAL_MOST];
	struct trial_result results[TRIAL_MOST] = {0};
	size_t count = programs_list(programs);

	if (trial_run(&trial, programs, count, results))
		return;
	for (size_t i = 0; i < count; i++) {
		if (results[i].passed && programs[i].kind == TRIAL_LOADS && findings->entry)
			findings->fresh = message_format("%s", results[i].words);
		if (results[i].passed || fails_anyway(&programs[i], &results[i]))
			continue;
		trouble_add(&findings->troubles,
			    message_format("%s: %s", programs[i].name, results[i].words),
			    findings->entry
				    ? "install the library for this ABI and program, or: "
				      "noselfconnctl disable"
				    : message_format("look at %s", root_path(PRELOAD_PATH)));
	}
}

static bool look(const struct ctl *ctl, struct findings *findings)
{
	int etc = root_open("/etc", O_RDONLY | O_DIRECTORY);
	struct preload_file file = {0};
	const struct library_abi *abis;

	if (etc < 0) {
		message_error("%s: %s", root_path("/etc"), strerror(-etc));
		return false;
	}
	if (!etc_read(etc, &file))
		return false;
	close(etc);
	preload_ours(&file, ctl->library, &findings->entry);
	trouble_in_file(&file, &findings->troubles);
	trouble_in_entries(&file, ctl->library, true, &findings->troubles);
	try_programs(findings);
	if (findings->fresh)
		findings->library = findings->fresh;
	else if (findings->entry && *findings->entry == '/' && !strchr(findings->entry, '$'))
		findings->library = findings->entry;
	else
		findings->library = library_find(
			PRELOAD_LIBRARY, library_abis(&abis) ? abis[0].abi : elf_own_abi(), true);
	findings->version = version_of(findings->library);
	look_at_caller(findings);
	return true;
}

static void say_settings(bool json)
{
	for (int i = 0; i < NSC_SETTINGS; i++) {
		const char *name = nsc_setting_name((enum nsc_setting)i), *value = getenv(name);

		if (!value || !*value)
			continue;
		if (json) {
			json_string(name, value);
			continue;
		}
		message_print("setting:  %s=%s", name, value);
		if (nsc_settings.misunderstood & 1U << i)
			message_print("          not understood, and ignored: it takes %s",
				      nsc_setting_values((enum nsc_setting)i));
	}
}

static void say_json(const struct findings *findings)
{
	json_open(NULL, '{');
	json_boolean("enabled", findings->entry);
	json_boolean("healthy", findings->troubles.count == 0);
	json_string("file", root_path(PRELOAD_PATH));
	json_string("entry", findings->entry);
	json_string("library", findings->library);
	json_string("version", findings->version);
	json_string("loaded_by_new_programs", findings->fresh);
	if (findings->caller) {
		json_open("caller", '{');
		json_number("pid", (unsigned long)findings->caller);
		json_string("program", findings->caller_name);
		json_boolean("has_it", findings->caller_has_it);
		json_close();
	}
	json_open("settings", '{');
	say_settings(true);
	json_close();
	json_open("troubles", '[');
	for (size_t i = 0; i < findings->troubles.count; i++) {
		json_open(NULL, '{');
		json_string("what", findings->troubles.list[i].what);
		json_string("mend", findings->troubles.list[i].mend);
		json_close();
	}
	json_close();
	json_close();
}

static void say_words(const struct findings *findings)
{
	message_print("entry:    %s",
		      findings->entry
			      ? message_format("%s in %s", findings->entry, root_path(PRELOAD_PATH))
			      : message_format("none in %s: disabled", root_path(PRELOAD_PATH)));
	message_print("library:  %s", findings->library ? findings->library : "none found");
	message_print("version:  %s", findings->version ? findings->version : "unknown");
	message_print("in force: programs that start now %s",
		      findings->fresh ? "have it" : "do not have it");
	if (findings->caller)
		message_print("          %s (pid %ld), which started this, %s it",
			      findings->caller_name, findings->caller,
			      findings->caller_has_it ? "has" : "does not have");
	say_settings(false);
	message_print("health:   %s", findings->troubles.count ? "broken" : "sound");
	for (size_t i = 0; i < findings->troubles.count; i++) {
		message_print("  %s", findings->troubles.list[i].what);
		message_print("    to mend it: %s", findings->troubles.list[i].mend);
	}
}

int ctl_status(const struct ctl *ctl)
{
	static struct findings findings;

	if (!look(ctl, &findings))
		return CTL_TROUBLE;
	nsc_settings_read(environ);
	if (ctl->json)
		say_json(&findings);
	else
		say_words(&findings);
	if (findings.troubles.count)
		return CTL_TROUBLE;
	return findings.entry ? CTL_OK : CTL_NO;
}
