/* SPDX-License-Identifier: MIT */
/*
 * A client whose system calls a test can count. It makes COUNT connects of one kind and nothing
 * else, between two getppid(2) calls.
 *
 * usage: connects KIND PORT COUNT
 *   KIND: accepted, progressing (non-blocking), refused, local (AF_UNIX) or closed (EBADF)
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

enum { MOST = 1000 };

static const struct kind {
	const char *name;
	int family, type;
	bool listened; /* or bound only, so that it refuses and is no source port */
	bool open;
	int error; /* connect()'s expected errno */
} kinds[] = {
	{"accepted", AF_INET, SOCK_STREAM, true, true, 0},
	{"progressing", AF_INET, SOCK_STREAM | SOCK_NONBLOCK, true, true, EINPROGRESS},
	{"refused", AF_INET, SOCK_STREAM, false, true, ECONNREFUSED},
	{"local", AF_UNIX, SOCK_STREAM, true, true, 0},
	{"closed", AF_INET, SOCK_STREAM, true, false, EBADF},
};

static const struct kind *find_kind(const char *name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void occupy(const struct kind *kind, const struct sockaddr *address, socklen_t size)
{
	int fd = socket(kind->family, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, address, size) || (kind->listened && listen(fd, MOST + 1)))
		die("listen");
}

static void connect_all(const struct kind *kind, const int *fds, long count,
			const struct sockaddr *to, socklen_t size)
{
	int wrong = 0;

	syscall(SYS_getppid);
	for (long i = 0; i < count; i++)
		if ((connect(fds[i], to, size) ? errno : 0) != kind->error)
			wrong++;
	syscall(SYS_getppid);
	if (wrong) {
		fprintf(stderr, "%d of %ld connects did not end in \"%s\"\n", wrong, count,
			strerror(kind->error));
		exit(1);
	}
}

int main(int argc, char *argv[])
{
	const struct kind *kind = argc == 4 ? find_kind(argv[1]) : NULL;
	/* An abstract name leaves no file behind. */
	struct sockaddr_un local = {AF_UNIX, "\0noselfconn-test"};
	struct sockaddr_in inet = {.sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const struct sockaddr *to = (const struct sockaddr *)&inet;
	socklen_t size = sizeof inet;
	int fds[MOST];
	long count;

	if (!kind || (count = atol(argv[3])) < 1 || count > MOST) {
		fputs("usage: connects KIND PORT COUNT\n", stderr);
		return 2;
	}
	inet.sin_port = htons((in_port_t)atoi(argv[2]));
	if (kind->family == AF_UNIX) {
		to = (const struct sockaddr *)&local;
		size = sizeof local;
	}
	occupy(kind, to, size);
	for (long i = 0; i < count; i++) {
		fds[i] = socket(kind->family, kind->type, 0);
		if (fds[i] < 0)
			die("socket");
		if (!kind->open)
			close(fds[i]);
	}
	connect_all(kind, fds, count, to, size);
	return 0;
}
