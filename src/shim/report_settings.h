/* SPDX-License-Identifier: MIT */
/* Reports mistakes in the settings: invalid variables, and lines of noselfconn.conf(5). */
#ifndef NSC_REPORT_SETTINGS_H
#define NSC_REPORT_SETTINGS_H

#include "in_force.h"

/*
 * Writes a line to the open log for each invalid variable, once in the life of a process, and for
 * the first mistake in the file, whenever it is another than the last time.
 */
void nsc_report_settings(int fd, unsigned long pid, const struct nsc_in_force *in_force);

#endif
