/* SPDX-License-Identifier: MIT */
/*
 * noselfconnctl scan: lists the sockets of this network namespace that are connected to themselves,
 * and what such connections left behind.
 */
#include <string.h>

#include "ctl.h"
#include "json.h"
#include "sockets/socket_owners.h"
#include "sockets/tcp_sockets.h"
#include "message.h"

static bool is_itself(const struct tcp_socket *socket)
{
	return socket->local_port == socket->peer_port && socket->local_port != 0 &&
	       memcmp(socket->local, socket->peer, sizeof socket->local) == 0;
}

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

static void print_json(const struct tcp_socket *socket, const struct socket_owner *owners,
		       size_t count)
{
	bool leftover = is_leftover(socket);

	json_open(NULL, '{');
	json_string("address", tcp_socket_address(socket));
	json_number("port", socket->local_port);
	json_boolean("leftover", leftover);
	json_age("seconds_left", leftover ? (long)socket->seconds_left : -1);
	json_age("age_at_least", leftover ? -1 : socket->age);
	json_age("age_at_most", leftover ? -1 : socket_owners_age(owners, count, socket->inode));
	socket_owners_json(owners, count, leftover ? 0 : socket->inode, true);
	json_close();
}

int ctl_scan(const struct ctl *ctl)
{
	struct tcp_socket *sockets;
	struct socket_owner *owners = NULL;
	size_t count, owners_count = 0, live = 0;
	int error = tcp_sockets_read(is_itself, &sockets, &count);

	if (error) {
		message_error("cannot list TCP sockets with sock_diag(7): %s", strerror(-error));
		return CTL_TROUBLE;
	}
	if (count)
		owners_count = socket_owners_find(&owners);
	if (ctl->json) {
		json_open(NULL, '{');
		json_open("self_connections", '[');
	}
	for (size_t i = 0; i < count; i++) {
		live += !is_leftover(&sockets[i]);
		if (ctl->json)
			print_json(&sockets[i], owners, owners_count);
		else
			print_words(&sockets[i], owners, owners_count);
	}
	if (ctl->json) {
		json_close();
		json_close();
	} else if (live == 0) {
		message_print("No socket of this network namespace is connected to itself.");
	}
	return live ? CTL_NO : CTL_OK;
}
