/* SPDX-License-Identifier: MIT */
/* Measures sending calls that do not connect, without MSG_FASTOPEN. */
#include <unistd.h>

#include "bench.h"

enum { CALLS = 200, PORT = 80 };

static struct sockaddr_in to;
static int sender, receiver;
static char byte;

static void send_to(const struct doors *doors, int calls)
{
	for (int i = 0; i < calls; i++)
		bench_try(
			(int)doors->sendto(sender, &byte, 1, 0, (struct sockaddr *)&to, sizeof to),
			"sendto");
}

static void send_message(const struct doors *doors, int calls)
{
	struct iovec data = {&byte, 1};
	struct msghdr message = {
		.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &data, .msg_iovlen = 1};

	for (int i = 0; i < calls; i++)
		bench_try((int)doors->sendmsg(sender, &message, 0), "sendmsg");
}

static void send_messages(const struct doors *doors, int calls)
{
	struct iovec data = {&byte, 1};
	struct mmsghdr message = {
		{.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &data, .msg_iovlen = 1}, 0};

	for (int i = 0; i < calls; i++)
		bench_try(doors->sendmmsg(sender, &message, 1, 0), "sendmmsg");
}

static void receive(void)
{
	while (recv(receiver, &byte, 1, MSG_DONTWAIT) >= 0)
		;
}

void bench_sends(void)
{
	const struct measure measures[] = {
		{"sendto: UDP", CALLS, 800, NULL, send_to, receive},
		{"sendmsg: UDP", CALLS, 800, NULL, send_message, receive},
		{"sendmmsg: UDP", CALLS, 800, NULL, send_messages, receive},
	};

	to = bench_loopback(PORT);
	sender = bench_try(socket(AF_INET, SOCK_DGRAM, 0), "socket");
	receiver = bench_try(socket(AF_INET, SOCK_DGRAM, 0), "socket");
	bench_try(bind(receiver, (struct sockaddr *)&to, sizeof to), "bind");
	for (unsigned i = 0; i < sizeof measures / sizeof *measures; i++)
		bench_pairs(&measures[i]);
	close(sender);
	close(receiver);
}
