/* SPDX-License-Identifier: MIT */
/* Telling what happened: one line per repair, where NOSELFCONN_LOG says, and a static probe. */
#ifndef NSC_REPORT_H
#define NSC_REPORT_H

#include <stdbool.h>

#include "address.h"

struct nsc_event {
	int fd;
	const union nsc_address *address; /* both ends of the self-connection */
	const char *action;               /* "replace", "rewind" or "none" */
	unsigned retry;                   /* the how-manieth of this call, from 1; 0 for none */
	long result; /* of the call after the repair: what it returned, or -errno */
	bool itself; /* is it connected to itself again (or still)? */
};

/*
 * Called once, when the settings have been read: remembers what descriptor 2 is, so that a line
 * never goes into a file that a program has opened there since, and reports the settings that were
 * misunderstood.
 */
void nsc_report_start(void);

/*
 * One line, in one write(2) or one datagram:
 *   noselfconn: program=curl pid=71 fd=5 address=127.0.0.1:40000 action=replace retry=1
 * outcome=refused outcome: connected, in-progress, refused, interrupted, self-connected, or
 * errno-N. A log file has "time=SECONDS.MILLISECONDS " (since 1970, UTC) in front.
 * Async-signal-safe; never blocks, never raises a signal; a line that cannot be written is lost.
 * errno is left open.
 *
 * Before that, whatever the settings, the static probe noselfconn:repair(fd, port, action, retry,
 * result), unless the library was built without (sys/sdt.h, --disable-probes): action as a string,
 * the others as in the event.
 */
void nsc_report_repair(const struct nsc_event *event);

#endif
