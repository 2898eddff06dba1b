/* SPDX-License-Identifier: MIT */
/*
 * Makes the same call COUNT times. Two runs with different COUNTs give the cost of one call.
 *
 * usage: loop DOOR COUNT
 *   DOOR:
 *     closed                      connect on a bad descriptor
 *     local                       connect on an AF_UNIX socket
 *     outside                     connect UDP to a port outside the ephemeral range 40000..49999
 *     inside                      connect UDP to a port in that range
 *     sendto, sendmsg, sendmmsg   on a bad descriptor
 *     none                        no call at all
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

static struct sockaddr_in inet = {.sin_family = AF_INET};
static struct sockaddr_un local = {AF_UNIX, "\0noselfconn-loop"};
static struct mmsghdr message;
static int fd = -1;

static int call_connect(void)
{
	return connect(fd, (struct sockaddr *)&inet, sizeof inet);
}

static int call_connect_local(void)
{
	return connect(fd, (struct sockaddr *)&local, sizeof local);
}

static int call_sendto(void)
{
	return (int)sendto(fd, "", 1, 0, (struct sockaddr *)&inet, sizeof inet);
}

static int call_sendmsg(void)
{
	return (int)sendmsg(fd, &message.msg_hdr, 0);
}

static int call_sendmmsg(void)
{
	return sendmmsg(fd, &message, 1, 0);
}

static int call_none(void)
{
	errno = EBADF;
	return -1;
}

static const struct door {
	const char *name;
	int (*call)(void);
	int family; /* the type of the socket to make, or 0 */
	in_port_t port;
} doors[] = {
	{"closed", call_connect, 0, 9},        {"local", call_connect_local, AF_UNIX, 0},
	{"outside", call_connect, AF_INET, 9}, {"inside", call_connect, AF_INET, 45001},
	{"sendto", call_sendto, 0, 9},         {"sendmsg", call_sendmsg, 0, 9},
	{"sendmmsg", call_sendmmsg, 0, 9},     {"none", call_none, 0, 9},
};

static void make_socket(const struct door *door)
{
	int receiver = socket(AF_UNIX, SOCK_DGRAM, 0);

	fd = socket(door->family, SOCK_DGRAM, 0);
	if (fd < 0 || receiver < 0 || bind(receiver, (struct sockaddr *)&local, sizeof local)) {
		perror("socket");
		exit(1);
	}
}

static int call_again_and_again(const struct door *door, long count)
{
	for (long i = 0; i < count; i++) {
		int error = door->call() < 0 ? errno : 0;

		if (error != (door->family ? 0 : EBADF)) {
			fprintf(stderr, "%s: %s\n", door->name, strerror(error));
			return 1;
		}
	}
	return 0;
}

int main(int argc, char *argv[])
{
	for (size_t i = 0; argc == 3 && i < sizeof doors / sizeof *doors; i++) {
		if (strcmp(argv[1], doors[i].name))
			continue;
		inet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		inet.sin_port = htons(doors[i].port);
		if (doors[i].family)
			make_socket(&doors[i]);
		return call_again_and_again(&doors[i], atol(argv[2]));
	}
	fputs("usage: loop DOOR COUNT\n", stderr);
	return 2;
}
