/* SPDX-License-Identifier: MIT */
/* Counts the repairs in a log of libnoselfconn(7), by program and outcome. */
#ifndef NSC_LOG_COUNTS_H
#define NSC_LOG_COUNTS_H

#include <stdbool.h>
#include <stddef.h>

/* More programs than this are counted as LOG_COUNTS_OTHER: anybody can write to the journal. */
enum { LOG_COUNTS_MOST = 200 };
#define LOG_COUNTS_OTHER "other"

struct log_count {
	const char *program, *outcome; /* as the log has them */
	bool prevented;                /* false: the program got the self-connection */
	unsigned long times;
};

struct log_counts {
	struct log_count *list;
	size_t count;
	unsigned long left_out; /* lines that the library did not write, to spare the log */
	double first;           /* the time of the first line, since 1970; 0 if it has none */
};

/*
 * Counts a line, in the form of a log file or of "journalctl -o short-unix". Leaves out lines that
 * report no end of a call: of retries that connect to themselves again, another line follows.
 */
void log_counts_add(struct log_counts *counts, const char *line);

/* How many calls were prevented from connecting to themselves, or were not. */
unsigned long log_counts_total(const struct log_counts *counts, bool prevented);

#endif
