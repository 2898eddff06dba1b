/* SPDX-License-Identifier: MIT */
/*
 * noselfconnctl enable: puts libnoselfconn.so into /etc/ld.so.preload. Programs must start with
 * that very file before it is written and afterwards; otherwise the old file comes back.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "atomic_file.h"
#include "ctl.h"
#include "message.h"
#include "preload/entries.h"
#include "preload/health.h"
#include "preload/install.h"
#include "preload/preload_file.h"
#include "preload/rating.h"
#include "preload/trial_programs.h"
#include "root.h"

struct attempt {
	const struct ctl *ctl;
	int etc;
	struct preload_file file;
	struct partial accepted; /* by this --partial or an earlier one */
	struct trial_programs programs;
	struct entries entries;
	struct rating ratings[ENTRIES_MOST];
};

/* Is our entry there just once, as it was asked for, and sound? */
static bool is_enabled(const struct attempt *attempt, const char **ours, struct health *health)
{
	const char *library = attempt->ctl->library;

	if (preload_ours(&attempt->file, library, ours) != 1 ||
	    (library && strcmp(*ours, library) != 0))
		return false;
	health_check(&attempt->file, library, &attempt->accepted, health);
	return health->problems.count == 0;
}

static bool all_accepted(const struct attempt *attempt, const struct partial *without)
{
	for (size_t i = 0; i < without->count; i++)
		if (!partial_has_name(&attempt->accepted, without->abis[i]))
			return false;
	return true;
}

static int report(const char *state, const char *entry, const struct partial *without)
{
	message_print("%s: %s lists %s; programs that start from now on load it", state,
		      root_path(PRELOAD_PATH), entry);
	if (without->count)
		message_print("partial: programs for %s run without it, and ld.so prints an error "
			      "when one starts",
			      partial_names(without));
	return CTL_OK;
}

/* Remembers which ABIs are left out now, even if /etc/ld.so.preload need not change. */
static int already(const struct attempt *attempt, const char *entry, const struct partial *without)
{
	int error = 0;

	if (strcmp(partial_names(without), partial_names(&attempt->accepted)) != 0)
		error = partial_write(attempt->etc, without);
	if (!error)
		return report("already enabled", entry, without);
	message_error("%s cannot be written: %s", root_path("/etc/" PARTIAL_NAME),
		      file_error(error));
	return CTL_TROUBLE;
}

/* Names one cause and one remedy: that of the entry which came closest. */
static int refuse(const struct attempt *attempt)
{
	const struct rating *shown = NULL;

	for (size_t i = 0; i < attempt->entries.count; i++) {
		const struct rating *rating = &attempt->ratings[i];

		if (rating->failures.count == 0) {
			const char *names = partial_names(&rating->without);

			message_error("libnoselfconn.so is not installed for %s, so such programs "
				      "would start with an error",
				      names);
			message_error("  remedy: install libnoselfconn.so for %s, or accept that "
				      "they run without it: noselfconnctl enable --partial",
				      names);
			return CTL_TROUBLE;
		}
		if (rating->entry == attempt->entries.path)
			shown = rating;
	}
	if (shown) {
		message_error("%s", shown->failures.list[0].what);
		message_error("  remedy: %s", shown->failures.list[0].remedy);
	}
	return CTL_TROUBLE;
}

/* Writes the first entry that passes; with `partial`, one that leaves out only accepted ABIs. */
static bool put_first(struct attempt *attempt, bool partial, bool *over)
{
	struct install install = {attempt->etc, attempt->ctl->library, &attempt->file,
				  &attempt->accepted};

	for (size_t i = 0; i < attempt->entries.count && !*over; i++) {
		struct rating *rating = &attempt->ratings[i];

		if (rating->failures.count || partial != (rating->without.count > 0) ||
		    !all_accepted(attempt, &rating->without) ||
		    !install_entry(&install, rating, over))
			continue;
		report("enabled", rating->entry, &rating->without);
		return true;
	}
	return false;
}

static int try_all(struct attempt *attempt)
{
	const char *ours;
	struct health health = {0};
	bool enabled = is_enabled(attempt, &ours, &health), over = false;

	if (enabled && health.without.count == 0)
		return already(attempt, ours, &health.without);
	for (size_t i = 0; i < attempt->entries.count; i++) {
		const char *entry = attempt->entries.list[i];
		struct preload_file wanted =
			preload_with(&attempt->file, attempt->ctl->library, entry);

		rating_make(&wanted, entry, attempt->entries.abi, &attempt->programs,
			    &attempt->ratings[i]);
	}
	/* An entry that serves every ABI is better than one that leaves some out. */
	if (put_first(attempt, false, &over))
		return CTL_OK;
	if (enabled && !over)
		return already(attempt, ours, &health.without);
	if (!over && put_first(attempt, true, &over))
		return CTL_OK;
	return over ? CTL_TROUBLE : refuse(attempt);
}

static bool find_programs(struct trial_programs *programs)
{
	bool setuid = false;

	trial_programs_find(programs);
	if (programs->count == 0) {
		struct trial_programs all;

		trial_programs_list(&all);
		if (root_is_machine() && all.count) {
			message_error("no program of this machine passes a trial run now: repair "
				      "that first");
			return false;
		}
		message_error("note: no trial run, because nothing here can be run");
		return true;
	}
	for (size_t i = 0; i < programs->count; i++)
		setuid = setuid || programs->list[i].kind == TRIAL_SETUID;
	if (!setuid)
		message_error("note: there is no setuid program to try");
	/* mount(2) fails with EINVAL in a chroot that is not a mount point. */
	if (programs->unisolated)
		message_error("note: no mount namespace (%s): programs are tried with LD_PRELOAD, "
			      "and setuid programs after the file is written",
			      programs->unisolated == -EINVAL ? "in a chroot"
							      : strerror(-programs->unisolated));
	return true;
}

static bool is_fit(const struct ctl *ctl, const struct preload_file *file)
{
	struct problems problems = {0};

	problems_in_file(file, &problems);
	problems_in_entries(file, ctl->library, false, &problems);
	problems_print(&problems);
	return problems.count == 0;
}

int ctl_enable(const struct ctl *ctl)
{
	static struct attempt attempt;
	int status = CTL_TROUBLE;

	attempt.ctl = ctl;
	attempt.etc = preload_lock(LOCK_WAIT);
	if (attempt.etc < 0)
		return CTL_TROUBLE;
	/* Ask now, rather than after all the trial runs. */
	if (faccessat(attempt.etc, ".", W_OK, AT_EACCESS)) {
		message_error("%s cannot be written: %s", root_path("/etc"), file_error(-errno));
		return CTL_TROUBLE;
	}
	if (!preload_read(attempt.etc, &attempt.file))
		return CTL_TROUBLE;
	partial_read(attempt.etc, &attempt.accepted);
	attempt.accepted.all = ctl->partial;
	if (is_fit(ctl, &attempt.file) && find_programs(&attempt.programs) &&
	    entries_find(ctl->library, attempt.programs.count, &attempt.entries))
		status = try_all(&attempt);
	if (status)
		message_error("not enabled: %s is unchanged", root_path(PRELOAD_PATH));
	return status;
}
