/* SPDX-License-Identifier: MIT */
/* noselfconnctl stats: how many self-connections were prevented, by the log and the firewall rule.
 */
#include <string.h>
#include <time.h>

#include "ctl.h"
#include "json.h"
#include "message.h"
#include "preload/health.h"
#include "sockets/exposed.h"
#include "sockets/tcp_sockets.h"
#include "stats/stats.h"

static bool is_live(const struct tcp_socket *socket)
{
	return tcp_socket_is_itself(socket) && socket->state != TCP_SOCKET_TIME_WAIT;
}

static bool count_sockets(struct stats *stats)
{
	static struct port_range range;
	struct tcp_socket *list;
	size_t count;
	int error;

	if (!port_range_read(&range))
		return false;
	error = exposed_find(&range, &list, &count);
	if (!error) {
		stats->at_risk = exposed_ports(list, count);
		error = tcp_sockets_read(is_live, &list, &stats->self_connections);
	}
	if (error)
		message_error("cannot list TCP sockets with sock_diag(7): %s", strerror(-error));
	return !error;
}

static bool collect(struct stats *stats)
{
	struct config config = {0};
	struct health health;
	const char *entry;

	if (!health_read(NULL, &entry, &health) || !count_sockets(stats))
		return false;
	stats->enabled = entry;
	stats->sound = health.problems.count == 0;
	config_read(&config);
	log_sources_read(&config, &stats->sources, &stats->counts);
	shields_look(health.loaded, &stats->shields);
	return true;
}

/* In UTC, as the log has it; NULL if there is no line. */
static const char *since(const struct log_counts *counts)
{
	time_t first = (time_t)counts->first;
	char text[32];
	struct tm parts;

	if (counts->first <= 0 || !gmtime_r(&first, &parts))
		return NULL;
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
	return message_format("%s", text);
}

static void print_programs(const struct log_counts *counts, bool prevented)
{
	for (size_t i = 0; i < counts->count; i++) {
		const struct log_count *one = &counts->list[i];

		if (one->prevented == prevented)
			message_print("  %8lu  %s (%s)", one->times,
				      message_printable(one->program),
				      message_printable(one->outcome));
	}
}

static void print_log(const struct stats *stats)
{
	const char *first = since(&stats->counts);

	if (stats->sources.count == 0) {
		message_print(
			"log:           off in /etc/noselfconn.conf, so no program is counted; "
			"write 'log = syslog' into it");
		return;
	}
	message_print("prevented:     %lu, by the library", log_counts_total(&stats->counts, true));
	print_programs(&stats->counts, true);
	message_print("not prevented: %lu", log_counts_total(&stats->counts, false));
	print_programs(&stats->counts, false);
	for (size_t i = 0; i < stats->sources.count; i++)
		message_print("log:           %s%s%s",
			      message_printable(stats->sources.list[i].where),
			      first ? ", since " : "", first ? first : "");
	if (stats->counts.left_out)
		message_print("               lines that were left out to spare the log: %lu",
			      stats->counts.left_out);
}

static void print_words(const struct stats *stats)
{
	print_log(stats);
	if (stats->shields.unknown)
		message_print("firewall rule: unknown: %s", stats->shields.unknown);
	else
		message_print("firewall rule: %s; refused so far: %lu",
			      firewall_judge(&stats->shields.rule) == FIREWALL_ON ? "on" : "off",
			      firewall_refused(&stats->shields.rule));
	message_print("now:           sockets connected to themselves: %zu; servers' ports at "
		      "risk: %zu",
		      stats->self_connections, stats->at_risk);
	message_print("library:       %s, %s", stats->enabled ? "enabled" : "disabled",
		      stats->sound ? "sound" : "broken: run 'noselfconnctl status'");
}

static void json_log(const struct stats *stats)
{
	json_open("log", '{');
	json_boolean("on", stats->sources.count);
	json_open("sources", '[');
	for (size_t i = 0; i < stats->sources.count; i++) {
		json_open(NULL, '{');
		json_string("where", stats->sources.list[i].where);
		json_string("trouble", stats->sources.list[i].trouble);
		json_close();
	}
	json_close();
	json_string("since", since(&stats->counts));
	json_number("lines_left_out", stats->counts.left_out);
	json_close();
}

static void json_programs(const struct log_counts *counts)
{
	json_open("programs", '[');
	for (size_t i = 0; i < counts->count; i++) {
		json_open(NULL, '{');
		json_string("program", counts->list[i].program);
		json_string("outcome", counts->list[i].outcome);
		json_boolean("prevented", counts->list[i].prevented);
		json_number("times", counts->list[i].times);
		json_close();
	}
	json_close();
}

/* Without a log the number is unknown. */
static void json_total(const char *key, const struct stats *stats, bool prevented)
{
	if (stats->sources.count)
		json_number(key, log_counts_total(&stats->counts, prevented));
	else
		json_string(key, NULL);
}

static void print_json(const struct stats *stats)
{
	json_open(NULL, '{');
	json_boolean("enabled", stats->enabled);
	json_boolean("sound", stats->sound);
	json_number("ports_at_risk", stats->at_risk);
	json_number("self_connections", stats->self_connections);
	json_total("prevented", stats, true);
	json_total("not_prevented", stats, false);
	json_programs(&stats->counts);
	json_log(stats);
	shields_json(&stats->shields);
	json_close();
}

int ctl_stats(const struct ctl *ctl)
{
	static struct stats stats;
	bool failed = false;

	if (ctl->json && ctl->prometheus) {
		message_error("--json and --prometheus exclude each other");
		return CTL_USAGE;
	}
	if (!collect(&stats))
		return CTL_TROUBLE;
	if (ctl->prometheus)
		stats_prometheus(&stats);
	else if (ctl->json)
		print_json(&stats);
	else
		print_words(&stats);
	for (size_t i = 0; i < stats.sources.count; i++) {
		const struct log_source *source = &stats.sources.list[i];

		if (!source->trouble)
			continue;
		message_error("log %s: %s", message_printable(source->where), source->trouble);
		failed = true;
	}
	return failed ? CTL_TROUBLE : CTL_OK;
}
