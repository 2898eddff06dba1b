/* SPDX-License-Identifier: MIT */
/* The root's noselfconn.conf(5), with the mistakes in it. */
#ifndef NSC_CONFIG_H
#define NSC_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "settings.h"

struct config_setting {
	unsigned line;
	const char *program; /* the NAME-OR-PATH of its section; NULL for all programs */
	enum nsc_setting setting;
	const char *value;
};

struct config_mistake {
	unsigned line; /* 0 for the file as a whole */
	const char *reason;
};

struct config {
	bool exists;
	struct config_setting *settings;
	size_t settings_count;
	struct config_mistake *mistakes; /* none: it is sound */
	size_t mistakes_count;
	const char *program; /* while it is read: the section */
};

/* Reads the file. A file that cannot be read has one mistake, and a missing one none. */
void config_read(struct config *config);

/* Prints the fields of a JSON object: "file", "exists", "sound", "settings" and "mistakes". */
void config_json(const struct config *config);

#endif
