/* SPDX-License-Identifier: MIT */
/* The figures of noselfconnctl stats for Prometheus, in the text format that node_exporter reads.
 */
#include <stdio.h>
#include <string.h>

#include "message.h"
#include "stats/stats.h"

static void head(const char *name, const char *type, const char *help)
{
	message_print("# HELP noselfconn_%s %s", name, help);
	message_print("# TYPE noselfconn_%s %s", name, type);
}

static void gauge(const char *name, size_t value, const char *help)
{
	head(name, "gauge", help);
	message_print("noselfconn_%s %zu", name, value);
}

/* The value of a label: backslashes, double quotes and newlines take a backslash. */
static const char *escaped(const char *value)
{
	char *copy = message_format("%s%s", value, value), *end = copy;

	for (; *value; value++) {
		if (strchr("\\\"\n", *value))
			*end++ = '\\';
		*end++ = *value;
		if (*value == '\n')
			end[-1] = 'n';
	}
	*end = '\0';
	return copy;
}

static void print_counts(const struct log_counts *counts)
{
	head("prevented_total", "counter",
	     "Self-connections that the library prevented, by the log.");
	for (size_t i = 0; i < counts->count; i++)
		if (counts->list[i].prevented)
			message_print(
				"noselfconn_prevented_total{program=\"%s\",outcome=\"%s\"} %lu",
				escaped(counts->list[i].program), escaped(counts->list[i].outcome),
				counts->list[i].times);
	head("not_prevented_total", "counter",
	     "Self-connections that the library could not prevent, by the log.");
	for (size_t i = 0; i < counts->count; i++)
		if (!counts->list[i].prevented)
			message_print("noselfconn_not_prevented_total{program=\"%s\"} %lu",
				      escaped(counts->list[i].program), counts->list[i].times);
	head("log_lines_left_out_total", "counter",
	     "Lines that the library left out to spare the log.");
	message_print("noselfconn_log_lines_left_out_total %lu", counts->left_out);
}

void stats_prometheus(const struct stats *stats)
{
	gauge("enabled", stats->enabled, "Is the library in /etc/ld.so.preload?");
	gauge("sound", stats->sound, "Does everything in /etc/ld.so.preload work?");
	gauge("ports_at_risk", stats->at_risk,
	      "Ports of servers that the kernel may give to clients.");
	gauge("self_connections", stats->self_connections,
	      "Sockets that are connected to themselves now.");
	gauge("log_on", stats->sources.count != 0, "Does noselfconn.conf set a log?");
	if (stats->sources.count)
		print_counts(&stats->counts);
	if (stats->shields.unknown)
		return;
	gauge("firewall_on", firewall_judge(&stats->shields.rule) == FIREWALL_ON,
	      "Is the firewall rule in force?");
	head("firewall_refused_total", "counter",
	     "Self-connections that the firewall rule refused.");
	for (enum rule_family family = 0; family < RULE_FAMILIES; family++)
		if (stats->shields.rule.has[family])
			message_print("noselfconn_firewall_refused_total{family=\"%s\"} %lu",
				      family == RULE_IPV4 ? "ipv4" : "ipv6",
				      stats->shields.rule.state[family].packets);
}
