/* SPDX-License-Identifier: MIT */
/*
 * Sockets in a VRF, which few kernels support. A port that the caller bound there stays the
 * caller's. A port that the kernel chose is held in the same VRF. Run it as root, as
 * scripts/kernels does. It sets LD_PRELOAD itself and prints TAP.
 */
#include <errno.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PORT = 40000 };

static const struct sockaddr_in here = {.sin_family = AF_INET};
static struct sockaddr_in to;
static int cases;

static void must(bool fine, const char *what)
{
	if (fine)
		return;
	perror(what);
	exit(99);
}

static void ok(bool good, const char *what)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++cases, what);
}

static int socket_in_vrf(void)
{
	struct timeval limit = {.tv_sec = 60}; /* shorter than the kernel's SYN retries */
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	must(fd >= 0, "socket");
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	must(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "vrf0", 5) == 0, "SO_BINDTODEVICE");
	return fd;
}

static int connect_in(int fd)
{
	return connect(fd, (const struct sockaddr *)&to, sizeof to) ? errno : 0;
}

static bool is_self_connected(int fd)
{
	struct sockaddr_in local = here, peer = here;
	socklen_t size = sizeof local, length = sizeof peer;

	return getsockname(fd, (struct sockaddr *)&local, &size) == 0 &&
	       getpeername(fd, (struct sockaddr *)&peer, &length) == 0 &&
	       local.sin_port == peer.sin_port && local.sin_addr.s_addr == peer.sin_addr.s_addr;
}

/* Close without a TIME_WAIT, so that the next case can use the port. */
static void reset(int fd)
{
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
	close(fd);
}

/* The kernel would otherwise choose the other port. */
static void own_port(void)
{
	int fd = socket_in_vrf();

	to.sin_port = htons(PORT + 1);
	must(bind(fd, (const struct sockaddr *)&to, sizeof to) == 0, "bind");
	ok(connect_in(fd) == 0 && is_self_connected(fd),
	   "a deliberate self-connection in a VRF stays");
	reset(fd);
}

static void kernels_port(void)
{
	int fd = socket_in_vrf();

	to.sin_port = htons(PORT);
	ok(connect_in(fd) == ECONNREFUSED && !is_self_connected(fd),
	   "a self-connection in a VRF on a port of the kernel's is undone");
	reset(fd);
}

/*
 * 127.0.0.1 exists inside and outside the VRF, so a holder outside could bind it, too. The VRF's
 * table must precede the table of local addresses (Documentation/networking/vrf.rst).
 */
static void make_network(void)
{
	must(unshare(CLONE_NEWNET) == 0, "a network namespace");
	must(system("ip link set lo up && ip link add vrf0 type vrf table 10 && "
		    "ip link set vrf0 up && ip address add 127.0.0.1/8 dev vrf0 && "
		    "ip rule add pref 32765 table local && ip rule del pref 0 && "
		    "echo 40000 40001 >/proc/sys/net/ipv4/ip_local_port_range") == 0,
	     "a VRF");
}

int main(int argc, char *argv[])
{
	const char *builddir = getenv("builddir");
	char library[4096];

	(void)argv;
	if (argc == 1) {
		make_network();
		snprintf(library, sizeof library, "%s/.libs/libnoselfconn.so",
			 builddir ? builddir : ".");
		setenv("LD_PRELOAD", library, 1);
		execl("/proc/self/exe", "vrf", "in", (char *)NULL);
		return 99;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	to = here;
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	own_port();
	kernels_port();
	own_port();
	puts("1..3");
	return 0;
}
