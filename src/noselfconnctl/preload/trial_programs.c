/* SPDX-License-Identifier: MIT */
/* Finds the programs that trial runs start. */
#include "preload/trial_programs.h"

#include <sys/stat.h>
#include <unistd.h>

#include "elf_file.h"
#include "message.h"
#include "preload/system_libraries.h"
#include "root.h"

enum { SETUID_MOST = 2 };

/* Harmless commands without side effects. */
static const char *const plain[][3] = {
	{"/bin/true"},
	{"/usr/bin/true"},
	{"/bin/sh", "-c", ":"},
};
static const char *const privileged[][3] = {
	{"/bin/su", "--version"},    {"/bin/mount", "--version"},    {"/usr/bin/passwd", "--help"},
	{"/usr/bin/chsh", "--help"}, {"/usr/bin/sudo", "--version"},
};

/* Is there a dynamic program at `path`, setuid or not as asked? */
static bool is_there(const char *path, bool with_setuid, struct elf_abi *abi)
{
	int fd = root_open_file(path);
	struct stat status;
	bool fits;

	if (fd < 0)
		return false;
	fits = fstat(fd, &status) == 0 && !!(status.st_mode & S_ISUID) == with_setuid &&
	       elf_judge(fd, abi) == ELF_SOUND && elf_is_interpreted(fd) == 1;
	close(fd);
	return fits;
}

static void add(struct trial_programs *programs, enum trial_kind kind, struct elf_abi abi,
		bool as_nobody, const char *const words[3])
{
	static const char *const kinds[] = {"", ", what it loads", ", setuid", ""};

	if (programs->count == TRIAL_MOST)
		return;
	programs->list[programs->count++] = (struct trial_program){
		.kind = kind,
		.abi = abi,
		.as_nobody = as_nobody,
		.arguments = {words[0], words[1], words[1] ? words[2] : NULL},
		.name = message_format("%s (%s%s%s)", words[0], elf_abi_name(abi), kinds[kind],
				       as_nobody ? ", not as root" : ", as root"),
	};
}

void trial_programs_list(struct trial_programs *programs)
{
	const struct system_abi *abis;
	struct elf_abi abi;
	size_t count = system_abis(&abis), setuids = 0;

	*programs = (struct trial_programs){0};
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
		if (!is_there(plain[i][0], false, &abi))
			continue;
		add(programs, TRIAL_PLAIN, abi, false, plain[i]);
		add(programs, TRIAL_PLAIN, abi, true, plain[i]);
		add(programs, TRIAL_LOADS, abi, true, plain[i]);
		break;
	}
	for (size_t i = 0; i < sizeof privileged / sizeof *privileged && setuids < SETUID_MOST;
	     i++) {
		if (!is_there(privileged[i][0], true, &abi))
			continue;
		add(programs, TRIAL_SETUID, abi, true, privileged[i]);
		setuids++;
	}
	for (size_t i = 0; i < count; i++) {
		const char *const words[3] = {abis[i].loader, abis[i].sample, NULL};

		if (abis[i].sample)
			add(programs, TRIAL_ABI, abis[i].abi, true, words);
	}
}

void trial_programs_find(struct trial_programs *programs)
{
	struct trial trial = {.place = TRIAL_IN_NAMESPACE, .bytes = "", .size = 0};
	struct trial_result results[TRIAL_MOST] = {0};
	size_t fit = 0;
	int error;

	trial_programs_list(programs);
	error = trial_run(&trial, programs->list, programs->count, results);
	programs->unisolated = error;
	if (error) {
		trial.place = TRIAL_IN_FORCE;
		error = trial_run(&trial, programs->list, programs->count, results);
	}
	for (size_t i = 0; i < programs->count && !error; i++)
		if (results[i].passed)
			programs->list[fit++] = programs->list[i];
	programs->count = fit;
}
