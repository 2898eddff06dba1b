/* SPDX-License-Identifier: MIT */
/*
 * noselfconnctl firewall: a netfilter rule that rejects self-connections of every program in a
 * network namespace, however the program is built.
 */
#include <stdio.h>
#include <string.h>

#include "firewall/firewall.h"
#include "json.h"
#include "ctl.h"
#include "message.h"
#include "sockets/netns.h"

static bool read_rules(struct firewall *firewall)
{
	const char *trouble = firewall_read(firewall);

	if (trouble)
		message_error("%s", trouble);
	return !trouble;
}

/* Both IP versions, or neither: half a shield would be taken for a whole one. */
static int turn_on(void)
{
	struct firewall before;
	bool changed = false;

	if (!read_rules(&before))
		return CTL_TROUBLE;
	for (enum rule_family family = 0; family < RULE_FAMILIES; family++) {
		struct iptables_state now;

		if (!before.has[family] || firewall_is_in_force(&before, family))
			continue;
		if (!iptables_insert(family, &before.state[family])) {
			message_error("%s: the rule was not accepted; it needs netfilter's bpf "
				      "match (xt_bpf)",
				      rule_family_name(family));
			if (family == RULE_IPV6 && changed && before.state[RULE_IPV4].rules == 0 &&
			    !iptables_read(RULE_IPV4, &now) && iptables_delete(RULE_IPV4, &now))
				message_error("the rule for IPv4 has been removed again");
			return CTL_TROUBLE;
		}
		changed = true;
	}
	if (!before.has[RULE_IPV6])
		message_print("This network namespace has no IPv6.");
	message_print("%s", changed ? "The firewall rule is on: self-connections in this network "
				      "namespace are refused."
				    : "The firewall rule is on already.");
	return CTL_OK;
}

static int turn_off(void)
{
	struct firewall firewall;
	bool done = true, changed = false;

	if (!read_rules(&firewall))
		return CTL_TROUBLE;
	for (enum rule_family family = 0; family < RULE_FAMILIES; family++) {
		changed |= firewall.state[family].rules != 0;
		done &= iptables_delete(family, &firewall.state[family]);
	}
	if (!done)
		return CTL_TROUBLE;
	message_print(changed ? "The firewall rule is off." : "The firewall rule was off already.");
	return CTL_OK;
}

static void print_state(const struct firewall *firewall, enum rule_family family)
{
	const char *name = rule_family_name(family);
	const struct iptables_state *state = &firewall->state[family];

	if (!firewall->has[family])
		message_print("%s: not available in this network namespace", name);
	else if (state->rules == 0)
		message_print("%s: off", name);
	else if (firewall_is_in_force(firewall, family))
		message_print("%s: on; self-connections refused so far: %lu", name, state->packets);
	else
		message_print("%s: on, but not as the first rule of OUTPUT: run 'noselfconnctl "
			      "firewall on' again",
			      name);
}

static void print_json(const struct firewall *firewall)
{
	json_open(NULL, '{');
	for (enum rule_family family = 0; family < RULE_FAMILIES; family++) {
		json_open(family == RULE_IPV4 ? "ipv4" : "ipv6", '{');
		json_boolean("available", firewall->has[family]);
		json_boolean("on", firewall_is_in_force(firewall, family));
		json_number("rules", firewall->state[family].rules);
		json_number("refused", firewall->state[family].packets);
		json_close();
	}
	json_close();
}

static int show_status(bool json)
{
	struct firewall firewall = {0};

	if (!read_rules(&firewall))
		return CTL_TROUBLE;
	for (enum rule_family family = 0; family < RULE_FAMILIES && !json; family++)
		print_state(&firewall, family);
	if (json)
		print_json(&firewall);
	switch (firewall_judge(&firewall)) {
	case FIREWALL_ON:
		return CTL_OK;
	case FIREWALL_OFF:
		return CTL_NO;
	default:
		return CTL_TROUBLE;
	}
}

static int print_commands(bool json)
{
	if (json)
		json_open(NULL, '{');
	for (enum rule_family family = 0; family < RULE_FAMILIES; family++) {
		if (json)
			json_string(family == RULE_IPV4 ? "ipv4" : "ipv6",
				    iptables_command(family));
		else
			message_print("%s", iptables_command(family));
	}
	if (json)
		json_close();
	return CTL_OK;
}

int ctl_firewall(const struct ctl *ctl)
{
	const char *action = ctl->count == 1 ? ctl->arguments[0] : "";

	if (strcmp(action, "print") == 0)
		return print_commands(ctl->json);
	if (strcmp(action, "on") != 0 && strcmp(action, "off") != 0 &&
	    strcmp(action, "status") != 0) {
		message_error("firewall takes one of: on, off, status, print");
		return CTL_USAGE;
	}
	if (ctl->netns && !netns_enter(ctl->netns))
		return CTL_TROUBLE;
	if (strcmp(action, "status") == 0)
		return show_status(ctl->json);
	return strcmp(action, "on") == 0 ? turn_on() : turn_off();
}
