/* SPDX-License-Identifier: MIT */
/* The firewall rules of both IP versions, as they are now in this network namespace. */
#include "firewall/firewall.h"

#include <unistd.h>

const char *firewall_read(struct firewall *firewall)
{
	const char *trouble = NULL;

	*firewall = (struct firewall){0};
	for (enum rule_family family = 0; family < RULE_FAMILIES && !trouble; family++) {
		firewall->has[family] = iptables_has_family(family);
		if (firewall->has[family])
			trouble = iptables_read(family, &firewall->state[family]);
	}
	return trouble;
}

const char *firewall_look(struct firewall *firewall)
{
	return geteuid() == 0 ? firewall_read(firewall) : "needs root";
}

bool firewall_is_in_force(const struct firewall *firewall, enum rule_family family)
{
	return firewall->state[family].in_force && firewall->state[family].rules == 1;
}

enum firewall_verdict firewall_judge(const struct firewall *firewall)
{
	unsigned families = 0, on = 0, off = 0;

	for (enum rule_family family = 0; family < RULE_FAMILIES; family++) {
		families += firewall->has[family];
		on += firewall->has[family] && firewall_is_in_force(firewall, family);
		off += firewall->has[family] && firewall->state[family].rules == 0;
	}
	if (on == families)
		return FIREWALL_ON;
	return off == families ? FIREWALL_OFF : FIREWALL_PARTLY;
}

unsigned long firewall_refused(const struct firewall *firewall)
{
	unsigned long packets = 0;

	for (enum rule_family family = 0; family < RULE_FAMILIES; family++)
		packets += firewall->state[family].packets;
	return packets;
}
