/* SPDX-License-Identifier: MIT */
/* Reads the logs that noselfconn.conf(5) names: files, or the journal of systemd. */
#ifndef NSC_LOG_SOURCE_H
#define NSC_LOG_SOURCE_H

#include "config.h"
#include "stats/log_counts.h"

struct log_source {
	const char *where;   /* "syslog", or the path of a file */
	const char *trouble; /* why it cannot be read, or NULL */
};

struct log_sources {
	struct log_source *list;
	size_t count; /* 0: logging is off */
};

/* Counts each log once. A file that does not exist yet has no lines, which is no trouble. */
void log_sources_read(const struct config *config, struct log_sources *sources,
		      struct log_counts *counts);

#endif
