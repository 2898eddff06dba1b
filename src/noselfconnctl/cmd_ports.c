/* SPDX-License-Identifier: MIT */
/*
 * noselfconnctl ports: the other half of the cure. Which ports would the kernel better never give
 * to clients?
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "main.h"
#include "json.h"
#include "sockets/socket_owners.h"
#include "sockets/portset.h"
#include "sockets/tcp_sockets.h"
#include "sockets/reserve.h"
#include "root.h"
#include "message.h"

static struct port_range range;
static struct portset risky;
static struct procnet_socket *exposed;
static size_t exposed_count;

static bool is_exposed(const struct procnet_socket *socket)
{
	return socket->state == PROCNET_LISTEN && port_range_offers(&range, socket->local_port);
}

static int by_port(const void *one, const void *other)
{
	const struct procnet_socket *a = one, *b = other;

	if (a->local_port != b->local_port)
		return a->local_port < b->local_port ? -1 : 1;
	return a->family - b->family;
}

static void say_exposed(bool json)
{
	struct owner *owners;
	size_t owners_count = owners_find(&owners);

	for (const struct procnet_socket *socket = exposed; socket < exposed + exposed_count;
	     socket++) {
		if (!json) {
			message_print("%-28s %s", procnet_local(socket),
				      owners_names(owners, owners_count, socket->inode));
			continue;
		}
		json_open(NULL, '{');
		json_number("port", socket->local_port);
		json_string("address", procnet_address(socket));
		json_boolean("first_half", port_range_first_half(&range, socket->local_port));
		owners_json(owners, owners_count, socket->inode);
		json_close();
	}
}

static bool find_exposed(void)
{
	int error = procnet_read(is_exposed, &exposed, &exposed_count);

	if (error)
		message_error("/proc/net/tcp: %s", strerror(-error));
	else if (exposed_count)
		qsort(exposed, exposed_count, sizeof *exposed, by_port);
	return !error;
}

static void list_ports(bool json)
{
	for (size_t i = 0; i < exposed_count; i++)
		risky.has[exposed[i].local_port] = true;
	if (json)
		json_open("ports", '[');
	else if (exposed_count == 0)
		message_print("No listening port is within %u-%u without being reserved.",
			      range.low, range.high);
	else
		message_print("Listening, within %u-%u, not reserved: clients can take these while "
			      "the server is stopped.",
			      range.low, range.high);
	say_exposed(json);
	if (json)
		json_close();
}

static void judge_in_words(unsigned port)
{
	if (port < range.low || port > range.high)
		message_print("%u: safe: the kernel gives clients ports of %u-%u", port, range.low,
			      range.high);
	else if (range.reserved.has[port])
		message_print("%u: safe: it is within %u-%u, but reserved", port, range.low,
			      range.high);
	else if (port_range_first_half(&range, port))
		message_print("%u: at risk: within %u-%u, in the half that connect() goes through "
			      "(every second port, from %u): a retry loop connects to itself after "
			      "some %u attempts on average",
			      port, range.low, range.high, range.low, port_range_half(&range));
	else
		message_print("%u: at risk, a little: within %u-%u, but in the half for bind() "
			      "(every second port, from %u), which connect() takes only when all "
			      "%u ports of the other half are in use",
			      port, range.low, range.high, range.low + 1, port_range_half(&range));
}

static void judge_in_json(unsigned port)
{
	bool within = port >= range.low && port <= range.high;

	json_open(NULL, '{');
	json_number("port", port);
	json_boolean("in_range", within);
	json_boolean("reserved", range.reserved.has[port]);
	json_boolean("first_half", within && port_range_first_half(&range, port));
	json_boolean("at_risk", port_range_offers(&range, port));
	if (port_range_offers(&range, port) && port_range_first_half(&range, port))
		json_number("average_attempts", port_range_half(&range));
	else
		json_string("average_attempts", NULL);
	json_close();
}

static bool is_port(const char *word)
{
	struct portset one = {0};

	return *word && strspn(word, "0123456789") == strlen(word) && portset_add(&one, word) &&
	       !one.has[0];
}

static void judge_ports(const struct ctl *ctl)
{
	if (ctl->json)
		json_open("ports", '[');
	for (int i = 0; i < ctl->count; i++) {
		unsigned port = (unsigned)strtoul(ctl->arguments[i], NULL, 10);

		risky.has[port] = port_range_offers(&range, port);
		if (ctl->json)
			judge_in_json(port);
		else
			judge_in_words(port);
	}
	if (ctl->json)
		json_close();
}

/* What an image's kernel reserves is what its files say. */
static int cure(const struct ctl *ctl)
{
	static struct portset all;
	const char *later, *list;
	bool some = *portset_list(&risky);

	if (root_is_machine())
		all = range.reserved;
	later = reserve_read_files(&all);
	for (unsigned port = 0; port < 65536; port++)
		all.has[port] = all.has[port] || risky.has[port];
	list = portset_list(&all);
	if (ctl->json)
		json_string("sysctl", some ? message_format(RESERVE_KEY "=%s", list) : NULL);
	if (!some)
		return CTL_OK;
	if (later)
		message_error("note: %s sets " RESERVE_KEY
			      " too, and comes later at boot: put the ports there, or take it out",
			      root_path(later));
	if (ctl->reserve) {
		if (!reserve_write(&all))
			return CTL_TROUBLE;
		if (!ctl->json)
			message_print("reserved: " RESERVE_KEY " = %s, in %s%s", list,
				      root_path(RESERVE_PATH),
				      root_is_machine() ? " and from now on" : "");
		return CTL_OK;
	}
	if (!ctl->json)
		message_print("\nTo have the kernel never choose them:\n  sysctl -w " RESERVE_KEY
			      "=%s\n"
			      "and after the next boot, in %s:\n  " RESERVE_KEY " = %s\n"
			      "or both by: noselfconnctl ports --reserve%s",
			      list, root_path(RESERVE_PATH), list, ctl->count ? " PORT..." : "");
	return CTL_NO;
}

int ctl_ports(const struct ctl *ctl)
{
	int status;

	for (int i = 0; i < ctl->count; i++) {
		if (is_port(ctl->arguments[i]))
			continue;
		message_error("'%s' is not a port", ctl->arguments[i]);
		return CTL_USAGE;
	}
	/* All that can fail comes before the JSON, which would be a part of one otherwise. */
	if (!port_range_read(&range) || (!ctl->count && !find_exposed()))
		return CTL_TROUBLE;
	if (ctl->json) {
		json_open(NULL, '{');
		json_number("low", range.low);
		json_number("high", range.high);
		json_string("reserved", portset_list(&range.reserved));
	}
	if (ctl->count)
		judge_ports(ctl);
	else
		list_ports(ctl->json);
	status = cure(ctl);
	if (ctl->json)
		json_close();
	return status;
}
