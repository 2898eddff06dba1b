/* SPDX-License-Identifier: MIT */
/* What the live tests share: namespaces, sockets and checks of the results. */
#include "live.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

struct place place(const char *text, unsigned port)
{
	struct place result = {.length = sizeof(struct sockaddr_in)};
	struct sockaddr_in *in = (void *)&result.address;
	struct sockaddr_in6 *in6 = (void *)&result.address;
	char host[INET6_ADDRSTRLEN];
	const char *scope = strchr(text, '%');

	snprintf(host, sizeof host, "%.*s", (int)(scope ? scope - text : (long)strlen(text)), text);
	if (inet_pton(AF_INET, host, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons((in_port_t)port);
		return result;
	}
	result.length = sizeof *in6;
	ck_assert_int_eq(inet_pton(AF_INET6, host, &in6->sin6_addr), 1);
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons((in_port_t)port);
	in6->sin6_scope_id = scope ? if_nametoindex(scope + 1) : 0;
	return result;
}

void net(unsigned low, unsigned high)
{
	struct place itself = place("127.0.0.1", low);
	bool hit = false;

	ck_assert(netns_make(low, high));
	for (int i = 0; i < 10000 && !hit; i++) {
		int fd = tcp_socket(itself, 0);

		hit = bare_connect(fd, itself) == 0 && is_self_connected(fd);
		reset(fd);
	}
	ck_assert_msg(hit, "a plain connect() does not connect to itself here");
}

void net_of_two_ports(void)
{
	net(PORT, PORT + 1);
}

void wait_for_itself(struct place to)
{
	bool hit = false;

	for (int i = 0; i < 200 && !hit; i++) {
		int fd = tcp_socket(to, SOCK_NONBLOCK);
		struct pollfd ready = {.fd = fd, .events = POLLOUT};

		if (bare_connect(fd, to) == 0 || errno == EINPROGRESS)
			poll(&ready, 1, 50);
		else
			usleep(50000);
		hit = is_self_connected(fd);
		reset(fd);
	}
	ck_assert_msg(hit, "a plain connect() does not connect to itself here");
}

void run(const char *command)
{
	ck_assert_msg(system(command) == 0, "%s", command);
}

void drop(const char *which)
{
	char command[256];

	if (system("PATH=$PATH:/usr/sbin command -v nft >/dev/null") != 0)
		tap_skip("no nft here");
	snprintf(command, sizeof command,
		 "PATH=$PATH:/usr/sbin nft 'add table inet t;"
		 " add chain inet t o { type filter hook output priority 0; }; add rule inet t o "
		 "%s drop'",
		 which);
	run(command);
}

void alarm_after(int milliseconds, void (*handler)(int), int flags)
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
	struct itimerval timer = {.it_value = {milliseconds / 1000, milliseconds % 1000 * 1000}};

	ck_assert_int_eq(sigaction(SIGALRM, &action, NULL), 0);
	ck_assert_int_eq(setitimer(ITIMER_REAL, &timer, NULL), 0);
}

int bare_connect(int fd, struct place to)
{
	return (int)syscall(SYS_connect, fd, &to.address, to.length);
}

int shim_connect(int fd, struct place to)
{
	return connect(fd, (struct sockaddr *)&to.address, to.length);
}

int tcp_socket(struct place to, int flags)
{
	int fd = socket(to.address.ss_family, SOCK_STREAM | flags, 0);

	ck_assert_msg(fd >= 0, "socket: %s", strerror(errno));
	return fd;
}

void wait_ready(int fd, short events)
{
	struct pollfd ready = {.fd = fd, .events = events};

	ck_assert_msg(poll(&ready, 1, 10000) == 1, "nothing came of poll() in 10 s");
}

int outcome(int fd, int result)
{
	socklen_t length = sizeof(int);
	int error;

	if (result == 0)
		return 0;
	if (errno != EINPROGRESS)
		return errno;
	wait_ready(fd, POLLOUT);
	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length), 0);
	return error;
}

void reset(int fd)
{
	struct sockaddr unspecified = {.sa_family = AF_UNSPEC};

	ck_assert_int_eq((int)syscall(SYS_connect, fd, &unspecified, sizeof unspecified), 0);
	close(fd);
}

void assert_refused(int fd, struct place to)
{
	int error = outcome(fd, shim_connect(fd, to));

	ck_assert_msg(!is_self_connected(fd), "connected to itself");
	ck_assert_msg(error == ECONNREFUSED, "%s", strerror(error));
}

void assert_new_socket_refused(struct place to, int flags)
{
	int fd = tcp_socket(to, flags);

	assert_refused(fd, to);
	close(fd);
}

/* Returns the line of the file that has PORT, or "". */
static const char *trace_in(const char *path)
{
	static char line[512];
	FILE *file = fopen(path, "r");
	bool traced = false;

	ck_assert_msg(file != NULL, "%s: %s", path, strerror(errno));
	while (!traced && fgets(line, sizeof line, file))
		traced = strstr(line, ":9C40 ") != NULL;
	fclose(file);
	return traced ? line : "";
}

bool port_is_traced(void)
{
	return *trace_in("/proc/self/net/tcp") || *trace_in("/proc/self/net/tcp6");
}

int listener(struct place at)
{
	int fd = tcp_socket(at, 0);

	ck_assert_msg(bind(fd, (struct sockaddr *)&at.address, at.length) == 0, "bind: %s",
		      strerror(errno));
	ck_assert_int_eq(listen(fd, 8), 0);
	return fd;
}

void assert_port_free(struct place at)
{
	ck_assert_str_eq(trace_in("/proc/self/net/tcp"), "");
	ck_assert_str_eq(trace_in("/proc/self/net/tcp6"), "");
	close(listener(at));
}

const char *method(void)
{
	const char *value = getenv("NOSELFCONN_METHOD");

	return value ? value : "auto";
}

static bool kernel_tells_enough_for_a_twin(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), value;
	uint64_t cookie;
	socklen_t length = sizeof value, cookie_length = sizeof cookie;
	bool told = getsockopt(fd, SOL_SOCKET, 71 /* SO_NETNS_COOKIE */, &cookie, &cookie_length) ==
			    0 &&
		    getsockopt(fd, SOL_SOCKET, 72 /* SO_BUF_LOCK */, &value, &length) == 0;

	close(fd);
	return told;
}

bool always_replaced(void)
{
	return strcmp(method(), "replace") == 0 && kernel_tells_enough_for_a_twin();
}

bool never_replaced(void)
{
	return strcmp(method(), "rewind") == 0 || strcmp(method(), "prevent") == 0 ||
	       !kernel_tells_enough_for_a_twin();
}

bool was_replaced(int fd, struct place to)
{
	ino_t before = inode_of(fd);

	assert_refused(fd, to);
	return inode_of(fd) != before;
}

void assert_rewound(int fd, struct place to)
{
	ck_assert_msg(!was_replaced(fd, to), "replaced");
}

void assert_rewound_by_auto(int fd, struct place to)
{
	bool replaced = was_replaced(fd, to);

	ck_assert_int_eq(replaced, always_replaced());
}

void assert_replaced_unless_forced(int fd, struct place to)
{
	bool replaced = was_replaced(fd, to);

	ck_assert_int_eq(replaced, !never_replaced());
}
