/* SPDX-License-Identifier: MIT */
/* Tells the user about settings of the shim that would have no effect. */
#ifndef NSC_CHECK_SETTINGS_H
#define NSC_CHECK_SETTINGS_H

/*
 * Reads the NOSELFCONN_ variables of the environment into nsc_settings, and reports mistakes: an
 * unknown variable, a value that is not understood, a log that cannot be written. A value that is
 * not understood is removed, so that the shim does not report it again in every program.
 */
void check_settings_environment(void);

/*
 * Returns why the shim cannot append lines to the file at `path`, an absolute one; NULL if it can.
 * Creates nothing.
 */
const char *check_settings_log(const char *path);

#endif
