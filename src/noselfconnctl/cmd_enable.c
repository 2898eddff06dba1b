/* SPDX-License-Identifier: MIT */
/*
 * noselfconnctl enable: puts libnoselfconn.so into /etc/ld.so.preload, after programs have been
 * seen to start with the very file, and takes it back where they do not start afterwards.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "preload/entries.h"
#include "main.h"
#include "elf_abi.h"
#include "preload/etc.h"
#include "preload/trial_programs.h"
#include "atomic_file.h"
#include "root.h"
#include "message.h"
#include "preload/problems.h"

enum { LINES_MOST = CANDIDATES_MOST * 2 * TRIAL_MOST };

struct attempt {
	const struct ctl *ctl;
	int etc;
	struct preload_file file;
	struct trial_program programs[TRIAL_MOST];
	size_t programs_count;
	int stageable;
	struct candidates candidates;
	const char *
		unserved; /* an ABI whose ld.so does not find the library, by name; NULL for none */
	/* What trial runs said: of interest only where no candidate will do. */
	const char *lines[LINES_MOST];
	size_t lines_count;
};

static void note(struct attempt *attempt, const char *line)
{
	if (attempt->lines_count < LINES_MOST)
		attempt->lines[attempt->lines_count++] = line;
}

static void say_lines(const struct attempt *attempt, size_t first)
{
	for (size_t i = first; i < attempt->lines_count; i++)
		message_error("%s", attempt->lines[i]);
}

/* A failure that is not the library's, but the want of one for another ABI: --partial lets it
 * through. */
static bool lets_through(struct attempt *attempt, const struct trial_program *program)
{
	if (program->kind != TRIAL_ABI || elf_same_abi(program->abi, attempt->candidates.abi))
		return false;
	attempt->unserved = elf_abi_name(program->abi);
	return attempt->ctl->partial;
}

static bool passes(struct attempt *attempt, struct trial *trial, const char *entry)
{
	struct trial_result results[TRIAL_MOST] = {0};
	const char *slash = strrchr(entry, '/');
	bool passed = true;
	int error = 0;

	trial->wanted = slash ? slash + 1 : entry;
	if (attempt->programs_count)
		error = trial_run(trial, attempt->programs, attempt->programs_count, results);
	if (error) {
		note(attempt, message_format("'%s': no trial run: %s", entry, strerror(-error)));
		return false;
	}
	for (size_t i = 0; i < attempt->programs_count; i++) {
		const struct trial_program *program = &attempt->programs[i];
		bool let_through;

		if (results[i].passed)
			continue;
		let_through = lets_through(attempt, program);
		note(attempt,
		     message_format("'%s' %s: %s: %s", entry,
				    let_through ? "let through by --partial" : "will not do",
				    program->name, results[i].words));
		passed = passed && let_through;
	}
	return passed;
}

static bool in_force_passes(struct attempt *attempt, const char *entry)
{
	struct trial trial = {.place = TRIAL_IN_FORCE};

	return passes(attempt, &trial, entry);
}

static bool before_passes(struct attempt *attempt, const struct preload_file *wanted,
			  const char *entry)
{
	struct trial trial = {TRIAL_STAGED, wanted->bytes, wanted->size, entry, NULL};

	if (attempt->stageable)
		trial.place = TRIAL_PRELOADED;
	return passes(attempt, &trial, entry);
}

static void roll_back(const struct attempt *attempt)
{
	int error = attempt->file.exists ? rename_file(attempt->etc, ETC_BACKUP, PRELOAD_NAME)
					 : remove_file(attempt->etc, PRELOAD_NAME);

	if (error)
		message_error("%s could not be put back: %s; try: noselfconnctl disable",
			      root_path(PRELOAD_PATH), strerror(-error));
}

static bool write_file(const struct attempt *attempt, const struct preload_file *wanted)
{
	const struct preload_file *old = &attempt->file;
	int error = old->exists ? replace_file(attempt->etc, ETC_BACKUP, PRELOAD_NAME, old->bytes,
					       old->size)
				: 0;
	bool begun = !error;

	if (!error)
		error = replace_file(attempt->etc, PRELOAD_NAME, PRELOAD_NAME, wanted->bytes,
				     wanted->size);
	if (error)
		message_error("%s cannot be written: %s", root_path(PRELOAD_PATH),
			      strerror(-error));
	/* It may be in place all the same, only not known to be on the disk; and there is a backup
	 * too many. */
	if (error && begun)
		roll_back(attempt);
	return !error;
}

/* Our entry is there already, just once, as it was asked for, and works. */
static bool is_enabled(struct attempt *attempt, const char **ours)
{
	const char *library = attempt->ctl->library;

	return preload_ours(&attempt->file, library, ours) == 1 &&
	       (!library || strcmp(*ours, library) == 0) && in_force_passes(attempt, *ours);
}

static bool find_programs(struct attempt *attempt)
{
	bool setuid = false;

	attempt->programs_count = programs_find(attempt->programs, &attempt->stageable);
	if (attempt->programs_count == 0) {
		struct trial_program all[TRIAL_MOST];

		if (root_is_machine() && programs_list(all)) {
			message_error("no program that could be tried starts as things are: mend "
				      "that first");
			return false;
		}
		message_error("note: no trial run, because nothing here can be run");
		return true;
	}
	for (size_t i = 0; i < attempt->programs_count; i++)
		setuid = setuid || attempt->programs[i].kind == TRIAL_SETUID;
	if (!setuid)
		message_error("note: no setuid program is at hand to be tried");
	/*
	 * EINVAL: the root is that of a chroot, and no mount point, so that what is mounted below
	 * may be seen elsewhere.
	 */
	if (attempt->stageable)
		message_error("note: no mount namespace of its own (%s): "
			      "tried by LD_PRELOAD before, by setuid programs after",
			      attempt->stageable == -EINVAL ? "in a chroot"
							    : strerror(-attempt->stageable));
	return true;
}

/* False also where nothing can be written, and trying others is of no use: *over then. */
static bool try_candidate(struct attempt *attempt, const char *entry, bool *over)
{
	struct preload_file wanted = preload_with(&attempt->file, attempt->ctl->library, entry);

	if (!before_passes(attempt, &wanted, entry))
		return false;
	*over = !write_file(attempt, &wanted);
	if (*over)
		return false;
	if (in_force_passes(attempt, entry))
		return true;
	roll_back(attempt);
	return false;
}

static int try_all(struct attempt *attempt)
{
	const char *path = root_path(PRELOAD_PATH), *entry;
	bool over = false;

	if (is_enabled(attempt, &entry)) {
		say_lines(attempt, 0);
		message_print("enabled already: %s lists %s", path, entry);
		return CTL_OK;
	}
	for (size_t i = 0; i < attempt->candidates.count && !over; i++) {
		size_t first = attempt->lines_count;

		entry = attempt->candidates.entries[i];
		if (!try_candidate(attempt, entry, &over))
			continue;
		say_lines(attempt, first);
		message_print("enabled: %s lists %s; programs that start from now on have it", path,
			      entry);
		return CTL_OK;
	}
	if (over)
		return CTL_TROUBLE;
	say_lines(attempt, 0);
	if (attempt->unserved && !attempt->ctl->partial)
		message_error("  to mend it: install libnoselfconn.so for %s too, or let its "
			      "programs go without one: "
			      "noselfconnctl --partial enable",
			      attempt->unserved);
	return CTL_TROUBLE;
}

static bool is_fit(const struct ctl *ctl, const struct preload_file *file)
{
	struct troubles troubles = {0};

	trouble_in_file(file, &troubles);
	trouble_in_entries(file, ctl->library, false, &troubles);
	trouble_say(&troubles);
	return troubles.count == 0;
}

int ctl_enable(const struct ctl *ctl)
{
	static struct attempt attempt;
	int status = CTL_TROUBLE;

	attempt.ctl = ctl;
	attempt.etc = etc_lock(LOCK_WAIT);
	if (attempt.etc < 0)
		return CTL_TROUBLE;
	/* Not only after all the trial runs. */
	if (faccessat(attempt.etc, ".", W_OK, AT_EACCESS)) {
		message_error("%s cannot be written: %s", root_path("/etc"), strerror(errno));
		return CTL_TROUBLE;
	}
	if (!etc_read(attempt.etc, &attempt.file))
		return CTL_TROUBLE;
	if (is_fit(ctl, &attempt.file) && find_programs(&attempt) &&
	    candidates_find(ctl->library, attempt.programs_count, &attempt.candidates))
		status = try_all(&attempt);
	if (status)
		message_error("not enabled: %s is as it was", root_path(PRELOAD_PATH));
	return status;
}
