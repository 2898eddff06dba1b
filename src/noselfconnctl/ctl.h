/* SPDX-License-Identifier: MIT */
/* The subcommands of noselfconnctl(8), and the options that they share. */
#ifndef NSC_CTL_H
#define NSC_CTL_H

#include <stdbool.h>

/* The exit statuses of noselfconnctl(8). CTL_NO is the answer "no", not a failure. */
enum { CTL_OK, CTL_NO, CTL_USAGE, CTL_TROUBLE };

struct ctl {
	const char *library; /* --library, or NULL */
	const char *netns;   /* --netns, or NULL */
	const char *root;    /* --root, or NULL */
	bool all_netns, json, partial, prometheus, reserve;
	char *const *arguments; /* those after the subcommand */
	int count;
};

/* The subcommands, after root_enter(). Each returns an exit status. */
int ctl_enable(const struct ctl *ctl);
int ctl_disable(const struct ctl *ctl);
int ctl_stats(const struct ctl *ctl);
int ctl_status(const struct ctl *ctl);
int ctl_config(const struct ctl *ctl);
int ctl_firewall(const struct ctl *ctl);
int ctl_ports(const struct ctl *ctl);
int ctl_scan(const struct ctl *ctl);

#endif
