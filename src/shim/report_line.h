/* SPDX-License-Identifier: MIT */
/* What all lines of the log have: how they begin, and how they are written. */
#ifndef NSC_REPORT_LINE_H
#define NSC_REPORT_LINE_H

#include <stdbool.h>

#include "log_line.h"
#include "settings.h"

/* Starts a line with the time in a file, or the tag for syslog, and the program and its process ID.
 */
void nsc_report_line_begin(struct nsc_log_line *line, enum nsc_log log, unsigned long pid);

/* Ends the line and writes it. Returns false if it is lost. */
bool nsc_report_line_end(struct nsc_log_line *line, int fd);

#endif
