/* SPDX-License-Identifier: MIT */
/* The rule of firewall/rule.h in the kernel, by the machine's iptables(8) and ip6tables(8). */
#ifndef NSC_IPTABLES_H
#define NSC_IPTABLES_H

#include <stdbool.h>

#include "firewall/rule.h"

struct iptables_state {
	unsigned long rules; /* how many rules of OUTPUT have our comment; one is enough */
	bool in_force;       /* the rule of this version is the first of OUTPUT */
	unsigned long
		packets;     /* how many packets they have rejected: one for each self-connection */
	const char *removal; /* the lines for iptables-restore(8) that delete them */
};

/* True where this network namespace has the IP version: IPv6 may be missing. */
bool iptables_has_family(enum rule_family family);

/* Reads the chain OUTPUT. Returns NULL, or what failed. */
const char *iptables_read(enum rule_family family, struct iptables_state *state);

/*
 * Makes the rule the first of OUTPUT, and deletes earlier ones with our comment, in one step.
 * Returns true, or says what failed and returns false: nothing has changed then.
 */
bool iptables_insert(enum rule_family family, const struct iptables_state *state);

/* Deletes the rules with our comment, in one step. Returns as iptables_insert() does. */
bool iptables_delete(enum rule_family family, const struct iptables_state *state);

/* The command that inserts the rule, as an administrator would type it. */
const char *iptables_command(enum rule_family family);

#endif
