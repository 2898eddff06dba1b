/* SPDX-License-Identifier: MIT */
/* A library for the shell tests that connects when it is loaded, unloaded or called. */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Connects to 127.0.0.1:40000. Returns "itself", "connected" or an error's text. */
const char *plugin_connect(void);

const char *plugin_connect(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons(40000),
				 .sin_addr = {htonl(INADDR_LOOPBACK)}};
	struct sockaddr_in local = {0};
	struct sockaddr unspecified = {.sa_family = AF_UNSPEC};
	socklen_t length = sizeof local;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	const char *end = "connected";

	if (connect(fd, (struct sockaddr *)&to, sizeof to))
		end = strerror(errno);
	else if (getsockname(fd, (struct sockaddr *)&local, &length) == 0 &&
		 local.sin_port == to.sin_port)
		end = "itself";
	connect(fd, &unspecified, sizeof unspecified); /* leaves no TIME_WAIT */
	close(fd);
	return end;
}

/*
 * Sends data through the named function without MSG_FASTOPEN. Returns true if all of it arrives,
 * and for "connect", which sends no data.
 */
static bool send_plainly(const char *first)
{
	struct iovec part = {(char[]){'a'}, 1};
	struct mmsghdr message = {.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}};
	char got[4] = "";
	int ends[2];
	bool sent;

	if (first && strcmp(first, "connect") == 0)
		return true;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		return false;
	if (first && strcmp(first, "sendmsg") == 0)
		sent = sendmsg(ends[0], &message.msg_hdr, 0) == 1;
	else if (first && strcmp(first, "sendmmsg") == 0)
		sent = sendmmsg(ends[0], &message, 1, 0) == 1;
	else
		sent = sendto(ends[0], "a", 1, 0, NULL, 0) == 1;
	sent = recv(ends[1], got, sizeof got, MSG_DONTWAIT) == 1 && sent && strcmp(got, "a") == 0;
	close(ends[0]);
	close(ends[1]);
	return sent;
}

static void tell(const char *when)
{
	const char *wanted = getenv("PLUGIN_CONNECTS"), *path = getenv("PLUGIN_TELLS");
	FILE *file;

	if (!wanted || strcmp(wanted, when) || !path || !(file = fopen(path, "w")))
		return;
	fputs(send_plainly(getenv("PLUGIN_SENDS")) ? plugin_connect() : "data was lost", file);
	fclose(file);
}

__attribute__((constructor)) static void loaded(void)
{
	tell("constructor");
}

__attribute__((destructor)) static void going(void)
{
	tell("destructor");
}
