/* SPDX-License-Identifier: MIT */
/* The log: standard error, syslog or a file. */
#ifndef NSC_LOG_H
#define NSC_LOG_H

#include <stdbool.h>

#include "in_force.h"
#include "log_line.h"

/* Called once, after the settings have been read: remembers which file descriptor 2 is. */
void nsc_log_start(void);

/*
 * Opens the log. Returns a descriptor, or -1 or -errno if a line would block, or if descriptor 2 is
 * another file than at the start. A program with raised privileges (AT_SECURE) logs to a file only
 * if that is a regular one without a second name, because it could write to any. Signals must be
 * blocked until nsc_log_close(), so that no handler opens another file as descriptor 2. Call it
 * before a line is built: a line and what statx(2) writes are then not on the stack at the same
 * time.
 */
int nsc_log_open(const struct nsc_in_force *in_force);

/* Writes a line by one write(2), or returns false. Never blocks and never raises a signal. */
bool nsc_log_write(int fd, const struct nsc_log_line *line);

void nsc_log_close(int fd, const struct nsc_in_force *in_force);

#endif
