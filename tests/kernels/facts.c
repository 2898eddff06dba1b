/* SPDX-License-Identifier: MIT */
/*
 * Prints facts that the shim relies on and that differ between kernels. Each fact is a row of
 * doc/KERNELS.md's table: NAME, tab, value. The program does not judge them. It needs root and
 * changes nothing outside its own namespaces.
 */
#include "facts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

void fact(const char *name, const char *format, ...)
{
	va_list arguments;

	printf("%s\t", name);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	puts("");
}

int must(int result, const char *what)
{
	if (result < 0) {
		perror(what);
		fflush(stdout);
		_exit(1);
	}
	return result;
}

void write_file(const char *path, const char *text)
{
	int fd = must(open(path, O_WRONLY), path);

	must((int)write(fd, text, strlen(text)), path);
	close(fd);
}

void new_net(unsigned low, unsigned high)
{
	struct ifreq lo = {.ifr_name = "lo"};
	char range[32];
	int fd;

	must(unshare(CLONE_NEWNET), "a network namespace");
	fd = must(socket(AF_INET, SOCK_DGRAM, 0), "socket");
	lo.ifr_flags = IFF_UP;
	must(ioctl(fd, SIOCSIFFLAGS, &lo), "lo");
	close(fd);
	snprintf(range, sizeof range, "%u %u", low, high);
	write_file("/proc/sys/net/ipv4/ip_local_port_range", range);
}

struct sockaddr_in loopback(unsigned port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	address.sin_port = htons((in_port_t)port);
	return address;
}

int connect_to(int fd, unsigned port)
{
	struct sockaddr_in to = loopback(port);

	return connect(fd, (struct sockaddr *)&to, sizeof to) ? errno : 0;
}

int tear_down(int fd)
{
	struct sockaddr unspecified = {.sa_family = AF_UNSPEC};

	return connect(fd, &unspecified, sizeof unspecified) ? errno : 0;
}

int bind_to(int fd, unsigned port)
{
	struct sockaddr_in at = loopback(port);

	return bind(fd, (struct sockaddr *)&at, sizeof at) ? errno : 0;
}

unsigned local_port(int fd)
{
	struct sockaddr_in local = {0};
	socklen_t length = sizeof local;

	getsockname(fd, (struct sockaddr *)&local, &length);
	return ntohs(local.sin_port);
}

bool is_itself(int fd)
{
	struct sockaddr_in local = {0}, peer = {0};
	socklen_t local_length = sizeof local, peer_length = sizeof peer;

	return getsockname(fd, (struct sockaddr *)&local, &local_length) == 0 &&
	       getpeername(fd, (struct sockaddr *)&peer, &peer_length) == 0 &&
	       local_length == peer_length && memcmp(&local, &peer, local_length) == 0;
}

bool port_is_traced(void)
{
	FILE *tcp = fopen("/proc/self/net/tcp", "r");
	bool traced = false;
	char line[512];

	while (tcp && !traced && fgets(line, sizeof line, tcp))
		traced = strstr(line, ":9C40 ") != NULL;
	if (tcp)
		fclose(tcp);
	return traced;
}

int itself(void)
{
	int fd = must(socket(AF_INET, SOCK_STREAM, 0), "socket");

	if (connect_to(fd, PORT) || !is_itself(fd))
		must(-1, "a connection with itself");
	return fd;
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	facts_of_ports();
	facts_of_sockets();
	return 0;
}
