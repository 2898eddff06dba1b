/* SPDX-License-Identifier: MIT */
/* Is what is in force sound? The one judgement of enable and status. */
#include "preload/health.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "message.h"
#include "preload/system_libraries.h"
#include "preload/trial_programs.h"
#include "root.h"

/*
 * Does the program also fail with an empty ld.so.preload? Then it says nothing about the library.
 * The same holds for one that execve(2) refuses, because this kernel lacks its ABI. This is asked
 * first, because a mount namespace takes privileges.
 */
static bool fails_anyway(const struct trial_program *program, const struct trial_result *failed)
{
	struct trial trial = {.place = TRIAL_IN_NAMESPACE, .bytes = "", .size = 0};
	struct trial_result result = {0};

	return !failed->started || (trial_run(&trial, program, 1, &result) == 0 && !result.passed);
}

/* The ABI of the library in the first place: --partial cannot leave that one out. */
static bool is_first_abi(struct elf_abi abi)
{
	const struct system_abi *abis;

	return system_abis(&abis) && elf_same_abi(abis[0].abi, abi);
}

void health_add_failure(const struct trial_program *program, const char *fault, const char *entry,
			bool in_force, struct problems *problems)
{
	const char *abi = elf_abi_name(program->abi), *what, *remedy;

	if (!entry) {
		what = message_format("%s does not start properly: %s", program->name, fault);
		remedy = message_format("check the libraries in %s", root_path(PRELOAD_PATH));
	} else if (program->kind == TRIAL_ABI && !is_first_abi(program->abi)) {
		what = message_format("programs for %s do not load %s: %s", abi, entry, fault);
		remedy = message_format("install libnoselfconn.so for %s, or accept that they run "
					"without it: noselfconnctl enable --partial",
					abi);
	} else {
		what = message_format("%s does not start properly with %s: %s", program->name,
				      entry, fault);
		remedy = message_format(
			"install a libnoselfconn.so that was built for this system%s",
			in_force ? "; until then: noselfconnctl disable" : "");
	}
	problems_add(problems, what, remedy);
}

static void try_programs(const char *entry, const struct partial *accepted, struct health *health)
{
	const char *slash = entry ? strrchr(entry, '/') : NULL;
	struct trial trial = {.place = TRIAL_IN_FORCE, .wanted = slash ? slash + 1 : entry};
	struct trial_programs programs;
	struct trial_result results[TRIAL_MOST] = {0};

	trial_programs_list(&programs);
	health->untried = trial_run(&trial, programs.list, programs.count, results);
	for (size_t i = 0; i < programs.count && !health->untried; i++) {
		const struct trial_program *program = &programs.list[i];
		const char *loaded = message_format("%s", results[i].loaded);

		if (*loaded == '/')
			problems_in_path(loaded, &health->problems);
		health->tried = health->tried || results[i].started;
		if (*loaded && program->kind == TRIAL_LOADS)
			health->loaded = loaded;
		if (results[i].passed || fails_anyway(program, &results[i]))
			continue;
		if (entry && program->kind == TRIAL_ABI && partial_has(accepted, program->abi))
			partial_add(&health->without, program->abi);
		else
			health_add_failure(program, results[i].fault, entry, true,
					   &health->problems);
	}
}

void health_check(const struct preload_file *file, const char *library,
		  const struct partial *accepted, struct health *health)
{
	const char *entry;

	*health = (struct health){0};
	preload_ours(file, library, &entry);
	problems_in_file(file, &health->problems);
	problems_in_entries(file, library, true, &health->problems);
	try_programs(entry, accepted, health);
}

bool health_read(const char *library, const char **entry, struct health *health)
{
	int etc = root_open("/etc", O_RDONLY | O_DIRECTORY);
	struct preload_file file = {0};
	struct partial accepted = {0};

	if (etc < 0) {
		message_error("%s: %s", root_path("/etc"), file_error(etc));
		return false;
	}
	if (!preload_read(etc, &file))
		return false;
	partial_read(etc, &accepted);
	close(etc);
	preload_ours(&file, library, entry);
	health_check(&file, library, &accepted, health);
	return true;
}
