/* SPDX-License-Identifier: MIT */
/*
 * noselfconnctl scan: lists the sockets of one network namespace, or of all, that are connected
 * to themselves, and what such connections left behind.
 */
#include <string.h>

#include "array.h"
#include "ctl.h"
#include "json.h"
#include "message.h"
#include "process.h"
#include "sockets/netns.h"
#include "sockets/socket_owners.h"
#include "sockets/tcp_sockets.h"

/* The sockets of one network namespace. */
struct place {
	struct netns netns;
	struct tcp_socket *sockets;
	size_t count;
};

struct places {
	struct place *list;
	size_t count;
};

static bool is_leftover(const struct tcp_socket *socket)
{
	return socket->state == TCP_SOCKET_TIME_WAIT;
}

/* -1 means unknown. */
static const char *age_in_words(long least, long most)
{
	if (least < 0 && most < 0)
		return "age unknown";
	if (least < 0)
		return message_format("at most %ld s old", most);
	if (most < least)
		return message_format("at least %ld s old", least);
	return message_format("%ld to %ld s old", least, most);
}

static void print_words(const struct tcp_socket *socket, const struct socket_owner *owners,
			size_t count)
{
	if (is_leftover(socket))
		message_print("%s is a leftover of a self-connection (TIME_WAIT): its server "
			      "cannot bind port %u for another %lu s",
			      tcp_socket_name(socket), socket->local_port, socket->seconds_left);
	else
		message_print(
			"%s is connected to itself: %s, %s: its server cannot bind port %u",
			tcp_socket_name(socket), socket_owners_names(owners, count, socket->inode),
			age_in_words(socket->age, socket_owners_age(owners, count, socket->inode)),
			socket->local_port);
	if (!is_leftover(socket))
		socket_owners_advise(owners, count, socket->inode);
}

static void json_age(const char *key, long age)
{
	if (age < 0)
		json_string(key, NULL);
	else
		json_number(key, (unsigned long)age);
}

static void json_netns(const struct netns *netns)
{
	json_open("netns", '{');
	json_number("inode", netns->inode);
	json_string("name", netns->name);
	json_age("pid", netns->pid ? netns->pid : -1);
	json_close();
}

static void print_json(const struct place *place, const struct tcp_socket *socket,
		       const struct socket_owner *owners, size_t count)
{
	bool leftover = is_leftover(socket);

	json_open(NULL, '{');
	if (place->netns.inode)
		json_netns(&place->netns);
	json_string("address", tcp_socket_address(socket));
	json_number("port", socket->local_port);
	json_boolean("leftover", leftover);
	json_age("seconds_left", leftover ? (long)socket->seconds_left : -1);
	json_age("age_at_least", leftover ? -1 : socket->age);
	json_age("age_at_most", leftover ? -1 : socket_owners_age(owners, count, socket->inode));
	socket_owners_json(owners, count, leftover ? 0 : socket->inode, true);
	json_close();
}

static bool read_sockets(const struct netns *netns, void *data)
{
	struct places *places = data;
	struct place place = {.netns = *netns};
	int error = tcp_sockets_read(tcp_socket_is_itself, &place.sockets, &place.count);

	if (error)
		message_error("cannot list TCP sockets with sock_diag(7): %s", strerror(-error));
	else
		places->list = array_add(places->list, &places->count, &place, sizeof place);
	return !error;
}

static const char *netns_in_words(const struct netns *netns)
{
	if (netns->own)
		return "this network namespace";
	if (netns->name)
		return message_format("network namespace %s", netns->name);
	return message_format("network namespace of %s (pid %ld)",
			      message_printable(process_name(netns->pid)), netns->pid);
}

/* Returns the number of sockets that are still connected to themselves. */
static size_t print_place(const struct place *place, bool json)
{
	static struct socket_owner *owners;
	static size_t owners_count;
	size_t live = 0;

	if (place->count && !owners)
		owners_count = socket_owners_find(&owners);
	if (place->count && place->netns.inode && !json)
		message_print("%s:", netns_in_words(&place->netns));
	for (size_t i = 0; i < place->count; i++) {
		live += !is_leftover(&place->sockets[i]);
		if (json)
			print_json(place, &place->sockets[i], owners, owners_count);
		else
			print_words(&place->sockets[i], owners, owners_count);
	}
	return live;
}

int ctl_scan(const struct ctl *ctl)
{
	static const struct netns own;
	struct places places = {0};
	size_t live = 0;
	bool done = ctl->all_netns ? netns_visit_all(read_sockets, &places)
				   : read_sockets(&own, &places);

	if (places.count == 0)
		return CTL_TROUBLE;
	if (ctl->json) {
		json_open(NULL, '{');
		json_open("self_connections", '[');
	}
	for (size_t i = 0; i < places.count; i++)
		live += print_place(&places.list[i], ctl->json);
	if (ctl->json) {
		json_close();
		json_close();
	} else if (live == 0) {
		if (ctl->all_netns)
			message_print(
				"No socket of the %zu network namespaces is connected to itself.",
				places.count);
		else
			message_print(
				"No socket of this network namespace is connected to itself.");
	}
	if (!done)
		return CTL_TROUBLE;
	return live ? CTL_NO : CTL_OK;
}
