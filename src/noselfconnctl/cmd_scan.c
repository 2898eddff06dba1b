/* SPDX-License-Identifier: MIT */
/*
 * noselfconnctl scan: the sockets of this network namespace that are connected to themselves now,
 * and what is left of such.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sockets/age.h"
#include "main.h"
#include "json.h"
#include "sockets/socket_owners.h"
#include "sockets/tcp_sockets.h"
#include "message.h"

static bool is_itself(const struct procnet_socket *socket)
{
	return socket->local_port == socket->peer_port && socket->local_port != 0 &&
	       memcmp(socket->local, socket->peer, sizeof socket->local) == 0;
}

/* The age of the oldest process that has it: who has it from one that is gone may have had it for
 * longer. */
static long at_most(const struct owner *owners, size_t count, unsigned long inode)
{
	long age = AGE_UNKNOWN;

	for (size_t i = 0; i < count; i++) {
		long process =
			owners[i].inode == inode ? age_of_process(owners[i].pid) : AGE_UNKNOWN;

		if (process > age)
			age = process;
	}
	return age;
}

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

static void say_one(const struct procnet_socket *socket, const struct owner *owners, size_t count)
{
	if (socket->state == PROCNET_TIME_WAIT)
		message_print("%s leftover (TIME_WAIT) of a self-connection: "
			      "keeps port %u from its server for another %lu s",
			      procnet_local(socket), socket->local_port, socket->timer);
	else
		message_print(
			"%s connected to itself: %s, %s: keeps port %u from its server",
			procnet_local(socket), owners_names(owners, count, socket->inode),
			age_in_words(age_at_least(socket), at_most(owners, count, socket->inode)),
			socket->local_port);
}

static void json_age(const char *key, long age)
{
	if (age < 0)
		json_string(key, NULL);
	else
		json_number(key, (unsigned long)age);
}

static void say_one_in_json(const struct procnet_socket *socket, const struct owner *owners,
			    size_t count)
{
	bool leftover = socket->state == PROCNET_TIME_WAIT;

	json_open(NULL, '{');
	json_string("address", procnet_address(socket));
	json_number("port", socket->local_port);
	json_boolean("leftover", leftover);
	json_age("seconds_left", leftover ? (long)socket->timer : AGE_UNKNOWN);
	json_age("age_at_least", leftover ? AGE_UNKNOWN : age_at_least(socket));
	json_age("age_at_most", leftover ? AGE_UNKNOWN : at_most(owners, count, socket->inode));
	owners_json(owners, count, leftover ? 0 : socket->inode);
	json_close();
}

int ctl_scan(const struct ctl *ctl)
{
	struct procnet_socket *sockets;
	struct owner *owners = NULL;
	size_t count, owners_count = 0;
	int error = procnet_read(is_itself, &sockets, &count);

	if (error) {
		message_error("/proc/net/tcp: %s", strerror(-error));
		return CTL_TROUBLE;
	}
	if (count)
		owners_count = owners_find(&owners);
	if (ctl->json) {
		json_open(NULL, '{');
		json_open("self_connections", '[');
	}
	for (size_t i = 0; i < count; i++) {
		if (ctl->json)
			say_one_in_json(&sockets[i], owners, owners_count);
		else
			say_one(&sockets[i], owners, owners_count);
	}
	if (ctl->json) {
		json_close();
		json_close();
	} else if (count == 0) {
		message_print("No socket of this network namespace is connected to itself.");
	}
	return count ? CTL_NO : CTL_OK;
}
