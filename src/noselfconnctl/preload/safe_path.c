/* SPDX-License-Identifier: MIT */
/* Can others than root change a file? */
#include "preload/safe_path.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "message.h"
#include "root.h"

struct look {
	const char *path; /* of the file that is asked about */
	const char *fault, *remedy;
};

static bool is_trusted(uid_t owner)
{
	return owner == 0 || (!root_is_machine() && owner == geteuid());
}

static int look_at(const char *path, const struct stat *status, void *data)
{
	static const char move[] =
		"put the file into a folder that only root can write to, such as "
		"/usr/local/lib";
	struct look *look = data;
	bool is_folder = S_ISDIR(status->st_mode);
	unsigned mode = status->st_mode & 07777;
	const char *part = root_path(path), *who;

	if (!is_trusted(status->st_uid))
		who = message_format("belongs to user %lu", (unsigned long)status->st_uid);
	else if (mode & 022)
		who = message_format("has mode %04o", mode);
	else
		return 0;
	look->fault = message_format("%s can be changed by others than root: %s %s",
				     root_path(look->path), part, who);
	/* A sticky folder such as /tmp, or a home, is as it is for a reason. */
	if (is_folder && (mode & S_ISVTX || !is_trusted(status->st_uid)))
		look->remedy = move;
	else if (!is_trusted(status->st_uid))
		look->remedy = message_format("chown root %s", part);
	else
		look->remedy = message_format("chmod go-w %s", part);
	return -1;
}

const char *safe_path_fault(const char *path, const char **remedy)
{
	struct look look = {.path = path};

	root_visit_path(path, look_at, &look);
	*remedy = look.remedy;
	return look.fault;
}
