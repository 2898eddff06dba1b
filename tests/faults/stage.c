/* SPDX-License-Identifier: MIT */
/* The scenes' surroundings: a private network and /dev, sockets and servers. */
#include "stage.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "config_file.h"
#include "netns.h"

enum { SHARED_SERVER_PORT = 30000, MOST_DESCRIPTORS = 32 };

static int log_daemon = -1, sharing_client = -1, sharing_server = -1;

void stage_need(bool fine, const char *what)
{
	if (fine)
		return;
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(99);
}

/* All kinds of lines but a mistake, which is logged only once. Larger than what is read at once. */
static void write_config(void)
{
	FILE *file = fopen(NSC_CONFIG_PATH, "we");

	stage_need(file != NULL, NSC_CONFIG_PATH);
	fprintf(file, "# %0400d\nlog = %s\nretries = 1\n[program /bin/other]\ndisable = 1\n", 0,
		STAGE_LOG);
	stage_need(fclose(file) == 0, NSC_CONFIG_PATH);
	stage_need(chmod(NSC_CONFIG_PATH, 0644) == 0, NSC_CONFIG_PATH);
}

bool stage_make(void)
{
	struct sockaddr_un log = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};

	/*
	 * The shim looks for other descriptors of the process, so close those inherited from the
	 * parent.
	 */
	for (int fd = STDERR_FILENO + 1; fd < 1024; fd++)
		close(fd);
	if (!netns_make(STAGE_PORT, STAGE_OTHER_PORT) || unshare(CLONE_NEWNS))
		return false;
	stage_need(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "private mounts");
	stage_need(mount("none", "/dev", "tmpfs", 0, NULL) == 0, "a /dev of its own");
	stage_need(mount("none", "/etc", "tmpfs", 0, "mode=755") == 0, "an /etc of its own");
	write_config();
	log_daemon = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	stage_need(bind(log_daemon, (struct sockaddr *)&log, sizeof log) == 0, "/dev/log");
	return true;
}

struct stage_address stage_address(int family, unsigned port)
{
	struct stage_address result;
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};

	memset(&result, 0, sizeof result);
	in.sin_port = in6.sin6_port = htons((in_port_t)port);
	result.length = family == AF_INET ? sizeof in : sizeof in6;
	memcpy(&result.address, family == AF_INET ? (void *)&in : (void *)&in6, result.length);
	return result;
}

int stage_connect(int fd, struct stage_address to)
{
	return (int)syscall(SYS_connect, fd, &to.address, to.length);
}

int stage_socket(int family, bool nonblocking)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0), 0);

	stage_need(fd >= 0, "socket");
	return fd;
}

void stage_bind_own(int fd, int family)
{
	struct stage_address own = stage_address(family, STAGE_PORT);

	stage_need(bind(fd, (struct sockaddr *)&own.address, own.length) == 0,
		   "a port of the caller's own");
}

int stage_listen(int family, unsigned port)
{
	struct stage_address at = stage_address(family, port);
	int fd = stage_socket(family, false);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
	if (bind(fd, (struct sockaddr *)&at.address, at.length) == 0 && listen(fd, 8) == 0)
		return fd;
	close(fd);
	return -1;
}

void stage_share_port(int family)
{
	struct sockaddr_in6 local; /* sin_port and sin6_port lie at the same place */
	socklen_t length = sizeof local;

	sharing_server = stage_listen(family, SHARED_SERVER_PORT);
	sharing_client = stage_socket(family, false);
	stage_need(stage_connect(sharing_client, stage_address(family, SHARED_SERVER_PORT)) == 0,
		   "another connection");
	stage_need(getsockname(sharing_client, (struct sockaddr *)&local, &length) == 0 &&
			   ntohs(local.sin6_port) == STAGE_PORT,
		   "another connection from the port");
}

void stage_unshare_port(void)
{
	stage_reset(sharing_client);
	close(sharing_server);
}

void stage_reset(int fd)
{
	struct sockaddr unspecified = {.sa_family = AF_UNSPEC};

	syscall(SYS_connect, fd, &unspecified, sizeof unspecified);
	close(fd);
}

bool stage_port_is_free(int family, unsigned port)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons((in_port_t)port)};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = in.sin_port};
	int fd = stage_socket(family, false), result;

	result = family == AF_INET ? bind(fd, (struct sockaddr *)&in, sizeof in)
				   : bind(fd, (struct sockaddr *)&in6, sizeof in6);
	close(fd);
	return result == 0;
}

int stage_outcome(int fd, long result, int error)
{
	struct pollfd ready = {.fd = fd, .events = POLLOUT};
	socklen_t length = sizeof(int);

	if (result >= 0)
		return 0;
	if (error != EINPROGRESS && error != EINTR)
		return error;
	if (poll(&ready, 1, 10000) != 1 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length))
		return ETIMEDOUT;
	return error;
}

void stage_drain_log(void)
{
	char line[1024];

	while (recv(log_daemon, line, sizeof line, 0) > 0)
		;
}

int stage_stderr(bool broken)
{
	int ends[2], fd;

	if (!broken)
		return open(STAGE_LOG, O_WRONLY | O_APPEND | O_CREAT, 0600);
	stage_need(pipe(ends) == 0, "pipe");
	fd = ends[0];
	dup2(ends[1], fd);
	close(ends[1]);
	return fd;
}

int stage_descriptors(void)
{
	int count = 0;

	for (int fd = 0; fd < MOST_DESCRIPTORS; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

long stage_memory(void)
{
	int fd = open("/proc/self/statm", O_RDONLY);
	char text[64] = "";

	stage_need(fd >= 0 && read(fd, text, sizeof text - 1) > 0, "/proc/self/statm");
	close(fd);
	return atol(text);
}
