/* SPDX-License-Identifier: MIT */
/* The settings in force for one repair: those of the environment, and of noselfconn.conf(5). */
#ifndef NSC_IN_FORCE_H
#define NSC_IN_FORCE_H

#include <stdbool.h>
#include <stdint.h>

#include "config_file.h"
#include "settings.h"

/*
 * What a repair keeps on the stack, so it is small. The path of a log is not in it: it is read
 * again from the file. All fit, because the file has at most 64 KiB, and a line 255 bytes.
 */
struct nsc_in_force {
	struct nsc_settings settings;
	uint8_t log_size; /* of the path in the file; 0: the environment names the log */
	uint16_t log_offset;
	uint32_t log_hash;
	/* The mistakes in the file, and of the first one what struct nsc_config_item says. */
	uint16_t mistakes, line;
	enum nsc_config_reason reason : 8;
	enum nsc_setting setting : 8;
};

/*
 * Reads the file, and overlays its settings for this program with those that the environment has
 * set. Without a file, or with one that is ignored, those of the environment and the defaults are
 * in force. `disable` in the file also means no retry, relent and no log.
 *
 * Async-signal-safe, never blocks, and holds signals meanwhile. errno may change. The file is
 * looked at before it is opened, because opening a device may have an effect.
 */
void nsc_in_force_read(struct nsc_in_force *in_force);

/*
 * Opens the log that the file names, with the flags and the mode of open(2). Returns a descriptor,
 * or -1 or -errno, also if the file names another one by now. Signals must be blocked.
 */
int nsc_in_force_open_log(const struct nsc_in_force *in_force, int flags, int mode);

#endif
