/* SPDX-License-Identifier: MIT */
/* The figures of noselfconnctl stats, and their form for Prometheus. */
#ifndef NSC_STATS_H
#define NSC_STATS_H

#include "shields.h"
#include "stats/log_source.h"

struct stats {
	bool enabled, sound;     /* of /etc/ld.so.preload, as in status */
	size_t at_risk;          /* ports of servers that the kernel may give to clients */
	size_t self_connections; /* sockets that are connected to themselves now */
	struct log_sources sources;
	struct log_counts counts;
	struct shields shields;
};

/* Prints them in Prometheus' text format, version 0.0.4. Leaves out what is unknown. */
void stats_prometheus(const struct stats *stats);

#endif
