/* SPDX-License-Identifier: MIT */
/* Reports each repair: one line to the log, and a static probe. */
#ifndef NSC_REPORT_H
#define NSC_REPORT_H

#include <stdbool.h>

#include "address.h"
#include "in_force.h"

struct nsc_event {
	int fd;
	unsigned retry;                   /* retry number of this call, from 1; 0 for none */
	const union nsc_address *address; /* both ends of the self-connection */
	const char *action;               /* "replace", "rewind" or "none" */
	const struct nsc_in_force *in_force;
	long result; /* what the retry returned, or -errno */
	bool itself; /* whether the socket is again, or still, connected to itself */
};

/*
 * Called once, after the settings have been read. Remembers which file descriptor 2 is, so that no
 * line goes to another file that the program opens there later. Reports invalid settings.
 */
void nsc_report_start(void);

/*
 * Reports a repair. First hits the static probe noselfconn:repair(fd, port, action, retry, result,
 * address), whatever the settings. There, `action` is a string, and `address` points to a struct
 * sockaddr_in or sockaddr_in6. A build with --disable-probes, or without sys/sdt.h, has no probe.
 *
 * Then, if there is a log, writes one line by one write(2), or as one datagram:
 *
 *     noselfconn: program=curl pid=71 fd=5 address=127.0.0.1:40000
 *     action=replace retry=1 outcome=refused
 *
 * The outcome is connected, in-progress, refused, interrupted, self-connected or errno-N. In a file
 * the line starts with time=SECONDS.MILLISECONDS since 1970 (UTC).
 *
 * A process logs at most NSC_LOG_LIMIT repairs in a second. The next line ends in left_out=N, the
 * number of repairs without a line since the last one. A mistake in the settings gets a line, too.
 *
 * Async-signal-safe. Never blocks and never raises a signal. A line that cannot be written is lost.
 * errno may change.
 */
void nsc_report_repair(const struct nsc_event *event);

#endif
