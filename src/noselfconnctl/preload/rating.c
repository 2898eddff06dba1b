/* SPDX-License-Identifier: MIT */
/* Tries one entry for /etc/ld.so.preload before it is written. */
#include "preload/rating.h"

#include <string.h>

#include "message.h"
#include "preload/health.h"

void rating_make(const struct preload_file *wanted, const char *entry, struct elf_abi abi,
		 const struct trial_programs *programs, struct rating *rating)
{
	const char *slash = strrchr(entry, '/');
	struct trial trial = {TRIAL_IN_NAMESPACE, wanted->bytes, wanted->size, entry,
			      slash ? slash + 1 : entry};
	struct trial_result results[TRIAL_MOST] = {0};
	int error = 0;

	*rating = (struct rating){.entry = entry};
	if (programs->unisolated)
		trial.place = TRIAL_PRELOADED;
	if (programs->count)
		error = trial_run(&trial, programs->list, programs->count, results);
	if (error)
		problems_add(&rating->failures,
			     message_format("no trial run with %s: %s", entry, strerror(-error)),
			     "run noselfconnctl where it can start programs");
	for (size_t i = 0; i < programs->count && !error; i++) {
		const struct trial_program *program = &programs->list[i];

		if (*results[i].loaded == '/')
			problems_in_path(message_format("%s", results[i].loaded),
					 &rating->failures);
		if (results[i].passed)
			continue;
		if (program->kind == TRIAL_ABI && !elf_same_abi(program->abi, abi))
			partial_add(&rating->without, program->abi);
		else
			health_add_failure(program, results[i].fault, entry, false,
					   &rating->failures);
	}
}
