/* SPDX-License-Identifier: MIT */
/* A library that connects: when it is loaded, when it goes, or when it is asked. For tests/neighbours.sh. */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Says how a connect() to 127.0.0.1:40000 ends: "itself", "connected", or an error's text. */
const char *plugin_connect(void);

const char *plugin_connect(void)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(40000), .sin_addr = {htonl(INADDR_LOOPBACK)}};
	struct sockaddr_in local = {0};
	struct sockaddr unspecified = {.sa_family = AF_UNSPEC};
	socklen_t length = sizeof local;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	const char *end = "connected";

	if (connect(fd, (struct sockaddr *)&to, sizeof to))
		end = strerror(errno);
	else if (getsockname(fd, (struct sockaddr *)&local, &length) == 0 && local.sin_port == to.sin_port)
		end = "itself";
	connect(fd, &unspecified, sizeof unspecified); /* no TIME_WAIT in the next one's way */
	close(fd);
	return end;
}

static void tell(const char *when)
{
	const char *wanted = getenv("PLUGIN_CONNECTS"), *path = getenv("PLUGIN_TELLS");
	FILE *file;

	if (!wanted || strcmp(wanted, when) || !path || !(file = fopen(path, "w")))
		return;
	fputs(plugin_connect(), file);
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
