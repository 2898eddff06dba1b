/* SPDX-License-Identifier: MIT */
/* The programs of the root that trial runs run. */
#include "preload/trial_programs.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elf_file.h"
#include "preload/system_libraries.h"
#include "root.h"
#include "message.h"

enum { SETUID_MOST = 2 };

/* They tell something about themselves, or nothing, and touch nothing. */
static const char *const plain[][3] = {
	{"/bin/true"},
	{"/usr/bin/true"},
	{"/bin/sh", "-c", ":"},
};
static const char *const privileged[][3] = {
	{"/bin/su", "--version"},    {"/bin/mount", "--version"},    {"/usr/bin/passwd", "--help"},
	{"/usr/bin/chsh", "--help"}, {"/usr/bin/sudo", "--version"},
};

struct list {
	struct trial_program *programs;
	size_t count;
};

/* A dynamic program, and one with the setuid bit of another user where such is asked for. */
static bool is_there(const char *path, bool with_setuid, struct elf_abi *abi)
{
	int fd = root_open(path, O_RDONLY);
	struct stat status;
	bool fits;

	if (fd < 0)
		return false;
	fits = fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
	       !!(status.st_mode & S_ISUID) == with_setuid && elf_judge(fd, abi) == ELF_SOUND &&
	       elf_is_interpreted(fd) == 1;
	close(fd);
	return fits;
}

static void add(struct list *list, enum trial_kind kind, struct elf_abi abi, bool as_nobody,
		const char *const words[3])
{
	static const char *const kinds[] = {"", ", what it loads", ", setuid", ""};

	if (list->count == TRIAL_MOST)
		return;
	list->programs[list->count++] = (struct trial_program){
		.kind = kind,
		.abi = abi,
		.as_nobody = as_nobody,
		.arguments = {words[0], words[1], words[1] ? words[2] : NULL},
		.name = message_format("%s (%s%s%s)", words[0], elf_abi_name(abi), kinds[kind],
				       as_nobody ? ", not as root" : ", as root"),
	};
}

size_t programs_list(struct trial_program programs[TRIAL_MOST])
{
	struct list list = {programs, 0};
	const struct library_abi *abis;
	struct elf_abi abi;
	size_t count = library_abis(&abis), setuids = 0;

	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
		if (!is_there(plain[i][0], false, &abi))
			continue;
		add(&list, TRIAL_PLAIN, abi, false, plain[i]);
		add(&list, TRIAL_PLAIN, abi, true, plain[i]);
		add(&list, TRIAL_LOADS, abi, true, plain[i]);
		break;
	}
	for (size_t i = 0; i < sizeof privileged / sizeof *privileged && setuids < SETUID_MOST;
	     i++) {
		if (!is_there(privileged[i][0], true, &abi))
			continue;
		add(&list, TRIAL_SETUID, abi, true, privileged[i]);
		setuids++;
	}
	for (size_t i = 0; i < count; i++) {
		const char *const words[3] = {abis[i].loader, abis[i].sample, NULL};

		if (abis[i].sample)
			add(&list, TRIAL_ABI, abis[i].abi, true, words);
	}
	return list.count;
}

size_t programs_find(struct trial_program programs[TRIAL_MOST], int *stageable)
{
	struct trial trial = {.place = TRIAL_STAGED, .bytes = "", .size = 0};
	struct trial_result results[TRIAL_MOST] = {0};
	size_t count = programs_list(programs), fit = 0;

	*stageable = trial_run(&trial, programs, count, results);
	if (*stageable) {
		trial.place = TRIAL_IN_FORCE;
		if (trial_run(&trial, programs, count, results))
			return 0;
	}
	for (size_t i = 0; i < count; i++)
		if (results[i].passed)
			programs[fit++] = programs[i];
	return fit;
}
