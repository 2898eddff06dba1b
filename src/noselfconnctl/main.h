/* SPDX-License-Identifier: MIT */
/* noselfconnctl(8): its commands, and the options that they share. */
#ifndef NSC_NOSELFCONNCTL_H
#define NSC_NOSELFCONNCTL_H

#include <stdbool.h>

/* Exit statuses, as noselfconnctl(8) has them: CTL_NO is the answer "no", not a failure. */
enum { CTL_OK, CTL_NO, CTL_USAGE, CTL_TROUBLE };

struct ctl {
	const char *
		library; /* an entry, as --library has it; NULL: libnoselfconn.so, wherever it is */
	bool partial;    /* enable although some ABI has no library */
	bool json, reserve;
	char *const *arguments; /* what follows the command */
	int count;
};

/* Each returns an exit status; root_enter() has come before. */
int ctl_enable(const struct ctl *ctl);
int ctl_disable(const struct ctl *ctl);
int ctl_status(const struct ctl *ctl);
int ctl_ports(const struct ctl *ctl);
int ctl_scan(const struct ctl *ctl);

#endif
