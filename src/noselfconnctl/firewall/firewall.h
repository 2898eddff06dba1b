/* SPDX-License-Identifier: MIT */
/* The firewall rules of both IP versions, as they are now in this network namespace. */
#ifndef NSC_FIREWALL_H
#define NSC_FIREWALL_H

#include "firewall/iptables.h"

struct firewall {
	bool has[RULE_FAMILIES];
	struct iptables_state state[RULE_FAMILIES];
};

enum firewall_verdict { FIREWALL_OFF, FIREWALL_PARTLY, FIREWALL_ON };

/* Returns NULL, or the reason why the rules cannot be read. */
const char *firewall_read(struct firewall *firewall);

/* The same, but runs no program for a user who may not read the rules. */
const char *firewall_look(struct firewall *firewall);

/* True if the rule of an IP version is there once, and the first of OUTPUT. */
bool firewall_is_in_force(const struct firewall *firewall, enum rule_family family);

/* Judges all IP versions that this network namespace has. */
enum firewall_verdict firewall_judge(const struct firewall *firewall);

/* How many self-connections the rules have refused. */
unsigned long firewall_refused(const struct firewall *firewall);

#endif
