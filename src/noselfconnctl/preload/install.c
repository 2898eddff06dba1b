/* SPDX-License-Identifier: MIT */
/* Writes an entry into /etc/ld.so.preload, and takes it back if programs do not start with it. */
#include "preload/install.h"

#include "message.h"
#include "preload/health.h"
#include "root.h"

static void roll_back(const struct install *install)
{
	int error = install->old->exists ? rename_file(install->etc, PRELOAD_BACKUP, PRELOAD_NAME)
					 : remove_file(install->etc, PRELOAD_NAME);

	if (error)
		message_error("%s could not be put back: %s; try: noselfconnctl disable",
			      root_path(PRELOAD_PATH), file_error(error));
	partial_write(install->etc, install->accepted);
}

static bool write_file(const struct install *install, const struct rating *rating)
{
	const struct preload_file *old = install->old;
	struct preload_file wanted = preload_with(old, install->library, rating->entry);
	int error = old->exists ? replace_file(install->etc, PRELOAD_BACKUP, PRELOAD_NAME, NULL,
					       old->bytes, old->size)
				: 0;
	bool begun = !error;

	if (!error)
		error = partial_write(install->etc, &rating->without);
	if (!error)
		error = replace_file(install->etc, PRELOAD_NAME, PRELOAD_NAME, PRELOAD_LABEL_LIKE,
				     wanted.bytes, wanted.size);
	if (error)
		message_error("%s cannot be written: %s", root_path(PRELOAD_PATH),
			      file_error(error));
	/* The file may be in place although it is not known to be on the disk. */
	if (error && begun)
		roll_back(install);
	return !error;
}

bool install_entry(const struct install *install, struct rating *rating, bool *over)
{
	struct preload_file now;
	struct health health;

	*over = !write_file(install, rating) || !preload_read(install->etc, &now);
	if (*over)
		return false;
	health_check(&now, install->library, &rating->without, &health);
	if (health.problems.count == 0)
		return true;
	rating->failures = health.problems;
	roll_back(install);
	return false;
}
