/* SPDX-License-Identifier: MIT */
/* noselfconnctl ports: names the servers' ports that the kernel may give to clients. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "json.h"
#include "sockets/exposed.h"
#include "sockets/socket_owners.h"
#include "sockets/portset.h"
#include "sockets/port_range.h"
#include "sockets/tcp_sockets.h"
#include "sockets/reserve.h"
#include "root.h"
#include "message.h"

/* One page less its newline and zero byte: of a longer list, sysctl(8) of procps loses the end. */
enum { SYSCTL_LINE_MOST = 4094 };

static struct port_range range;
static struct portset risky;
static struct tcp_socket *exposed;
static size_t exposed_count;

static bool find_exposed(void)
{
	int error = exposed_find(&range, &exposed, &exposed_count);

	if (error)
		message_error("cannot list TCP sockets with sock_diag(7): %s", strerror(-error));
	return !error;
}

static void print_exposed(bool json)
{
	struct socket_owner *owners;
	size_t count = socket_owners_find(&owners);

	for (const struct tcp_socket *socket = exposed; socket < exposed + exposed_count;
	     socket++) {
		if (!json) {
			message_print("%-28s %s", tcp_socket_name(socket),
				      socket_owners_names(owners, count, socket->inode));
			continue;
		}
		json_open(NULL, '{');
		json_number("port", socket->local_port);
		json_string("address", tcp_socket_address(socket));
		json_boolean("first_half", port_range_first_half(&range, socket->local_port));
		socket_owners_json(owners, count, socket->inode, false);
		json_close();
	}
}

static void list_ports(bool json)
{
	for (size_t i = 0; i < exposed_count; i++)
		risky.has[exposed[i].local_port] = true;
	if (json)
		json_open("ports", '[');
	else if (exposed_count == 0)
		message_print("No server listens on an unreserved port of %u-%u.", range.low,
			      range.high);
	else
		message_print("These servers listen on unreserved ports of %u-%u. While one of "
			      "them is stopped, a client can take its port.",
			      range.low, range.high);
	print_exposed(json);
	if (json)
		json_close();
}

static void judge_in_words(unsigned port)
{
	unsigned half = port_range_half(&range);

	if (port < range.low || port > range.high)
		message_print("%u: safe: outside %u-%u, the ports that the kernel gives to clients",
			      port, range.low, range.high);
	else if (range.reserved.has[port])
		message_print("%u: safe: reserved", port);
	else if (port_range_first_half(&range, port))
		message_print("%u: at risk: connect() prefers every second port of %u-%u, and this "
			      "is one; a client that retries connects to itself after about %u "
			      "attempt%s",
			      port, range.low, range.high, half, half == 1 ? "" : "s");
	else if (half == 1)
		message_print("%u: at low risk: connect() takes it only while port %u is in use",
			      port, range.low);
	else
		message_print("%u: at low risk: connect() takes it only while the %u ports of "
			      "%u-%u that it prefers are all in use",
			      port, half, range.low, range.high);
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

/* Reads "40000" or "40000-40010". */
static bool read_ports(const char *word, struct portset *ports)
{
	memset(ports, 0, sizeof *ports);
	return *word && strspn(word, "0123456789-") == strlen(word) && portset_add(ports, word) &&
	       !ports->has[0];
}

static void judge_ports(const struct ctl *ctl)
{
	static struct portset ports;

	if (ctl->json)
		json_open("ports", '[');
	for (int i = 0; i < ctl->count; i++) {
		read_ports(ctl->arguments[i], &ports);
		for (unsigned port = 1; port <= PORT_MOST; port++) {
			if (!ports.has[port])
				continue;
			risky.has[port] = port_range_offers(&range, port);
			if (ctl->json)
				judge_in_json(port);
			else
				judge_in_words(port);
		}
	}
	if (ctl->json)
		json_close();
}

static void recommend(const char *list, bool with_ports)
{
	const char *rest = with_ports ? " PORT..." : "";

	if (strlen(list) > SYSCTL_LINE_MOST)
		message_print("\nTo reserve them, now and after the next boot:\n"
			      "  noselfconnctl ports --reserve%s\n"
			      "The list of reserved ports is too long for sysctl(8), which would "
			      "lose some of them.",
			      rest);
	else
		message_print("\nTo reserve them now:\n  sysctl -w " RESERVE_KEY "=%s\n"
			      "and after the next boot, in %s:\n  " RESERVE_KEY " = %s\n"
			      "or both by:\n  noselfconnctl ports --reserve%s",
			      list, root_path(RESERVE_PATH), list, rest);
}

/* The files say what an image's kernel will reserve. For the machine, the kernel's own list counts
 * as well. */
static int reserve_or_recommend(const struct ctl *ctl)
{
	static struct portset all;
	const char *later, *list;
	bool some = !portset_contains(&range.reserved, &risky), done = true;

	if (root_is_machine())
		all = range.reserved;
	portset_unite(&all, &risky);
	if (some && ctl->reserve)
		done = reserve_write(&all, &later);
	else
		reserve_read_files(&all, &later);
	list = portset_list(&all);
	if (ctl->json)
		json_string("sysctl", some ? message_format(RESERVE_KEY "=%s", list) : NULL);
	if (!some)
		return CTL_OK;
	if (later)
		message_error("note: %s sets " RESERVE_KEY " too, and replaces the list at boot: "
			      "move the ports there, or remove the line",
			      message_printable(root_path(later)));
	if (!done)
		return CTL_TROUBLE;
	if (!ctl->json && ctl->reserve)
		message_print("reserved, %s %s: " RESERVE_KEY " = %s",
			      root_is_machine() ? "now and in" : "in", root_path(RESERVE_PATH),
			      list);
	else if (!ctl->json)
		recommend(list, ctl->count > 0);
	return ctl->reserve ? CTL_OK : CTL_NO;
}

int ctl_ports(const struct ctl *ctl)
{
	static struct portset ports;
	int status;

	for (int i = 0; i < ctl->count; i++) {
		if (read_ports(ctl->arguments[i], &ports))
			continue;
		message_error("'%s' is not a port, and not a range such as 40000-40010",
			      ctl->arguments[i]);
		return CTL_USAGE;
	}
	/* Whatever can fail comes first, so that a failure leaves no half of a JSON text. */
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
	status = reserve_or_recommend(ctl);
	if (ctl->json)
		json_close();
	return status;
}
