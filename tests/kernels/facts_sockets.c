/* SPDX-License-Identifier: MIT */
/* Facts: what AF_UNSPEC destroys, when it is refused, which options exist, and what /proc shows. */
#include "facts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MPTCP = 262, LAST_OPTION = 127 };

struct value {
	socklen_t length;
	unsigned char bytes[256];
};

/*
 * Options are given by number: the build machine's headers may be older than the kernel under test.
 */
static const struct {
	int level, option;
	const char *name;
	bool young; /* missing in some kernels that are still in use */
} named[] = {
	{SOL_SOCKET, 42, "SO_PEEK_OFF", false},        {IPPROTO_TCP, 2, "TCP_MAXSEG", false},
	{IPPROTO_TCP, 10, "TCP_WINDOW_CLAMP", false},  {SOL_SOCKET, 71, "SO_NETNS_COOKIE", true},
	{SOL_SOCKET, 72, "SO_BUF_LOCK", true},         {SOL_SOCKET, 75, "SO_RCVMARK", true},
	{SOL_SOCKET, 76, "SO_PASSPIDFD", true},        {SOL_SOCKET, 82, "SO_RCVPRIORITY", true},
	{IPPROTO_TCP, 40, "TCP_AO_INFO", true},        {IPPROTO_TCP, 44, "TCP_RTO_MAX_MS", true},
	{IPPROTO_TCP, 45, "TCP_RTO_MIN_US", true},     {IPPROTO_TCP, 46, "TCP_DELACK_MAX_US", true},
	{IPPROTO_IP, 51, "IP_LOCAL_PORT_RANGE", true},
};

enum { NAMED = sizeof named / sizeof *named };

static bool get(int fd, int level, int option, struct value *value)
{
	value->length = sizeof value->bytes;
	memset(value->bytes, 0, sizeof value->bytes);
	return getsockopt(fd, level, option, value->bytes, &value->length) == 0;
}

static bool same(const struct value *a, const struct value *b)
{
	return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

/* SO_COOKIE accepts only its exact size. */
static bool exists(int fd, int level, int option)
{
	unsigned char bytes[8];
	socklen_t length = sizeof bytes;

	return getsockopt(fd, level, option, bytes, &length) == 0 || errno != ENOPROTOOPT;
}

static void options(void)
{
	int fd = must(socket(AF_INET, SOCK_STREAM, 0), "socket");

	for (int i = 0; i < NAMED; i++)
		if (named[i].young)
			fact(named[i].name, "%s",
			     exists(fd, named[i].level, named[i].option) ? "yes" : "no");
	close(fd);
}

static const char *name_of(int level, int option)
{
	static char number[32];

	for (int i = 0; i < NAMED; i++)
		if (named[i].level == level && named[i].option == option)
			return named[i].name;
	snprintf(number, sizeof number, "%d/%d", level, option);
	return number;
}

/* Sets the option to a number other than its default. */
static bool set_some(int fd, int level, int option, struct value *set)
{
	static const int numbers[] = {1, 0, 2, 3, 5, 20000, 100, 64, 1000, 600, 31};
	struct value before;

	if (!get(fd, level, option, &before))
		return false;
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (setsockopt(fd, level, option, &numbers[i], sizeof numbers[i]) == 0 &&
		    get(fd, level, option, set) && !same(&before, set))
			return true;
	return false;
}

/* Options that each packet overwrites or that are not permanent (tcp(7)). */
static bool is_no_setting(int level, int option)
{
	return (level == SOL_SOCKET && option == SO_INCOMING_CPU) ||
	       (level == IPPROTO_TCP && option == TCP_QUICKACK);
}

static bool is_destroyed(int level, int option)
{
	struct value set, after;
	bool destroyed = false;
	int fd = must(socket(AF_INET, SOCK_STREAM, 0), "socket");

	if (set_some(fd, level, option, &set) && connect_to(fd, PORT) == 0 && is_itself(fd))
		destroyed =
			tear_down(fd) == 0 && get(fd, level, option, &after) && !same(&set, &after);
	tear_down(fd);
	close(fd);
	return destroyed;
}

static void destroyed(void)
{
	static const int levels[] = {SOL_SOCKET, IPPROTO_TCP, IPPROTO_IP};
	char list[512] = "";

	new_net(PORT, PORT + 1);
	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
		for (int option = 0; option <= LAST_OPTION; option++)
			if (!is_no_setting(levels[i], option) && is_destroyed(levels[i], option) &&
			    strlen(list) < sizeof list - 40)
				sprintf(list + strlen(list), "%s%s", *list ? ", " : "",
					name_of(levels[i], option));
	fact("settings that connecting and AF_UNSPEC change", "%s", *list ? list : "none");
}

static int waited_for;

static void *wait_for_data(void *error)
{
	char byte;

	*(int *)error = recv(waited_for, &byte, 1, 0) < 0 ? errno : 0;
	return NULL;
}

/* One thread waits for data on the socket that another thread tears down. */
static void waited_on(void)
{
	int result, error = -1;
	pthread_t thread;

	new_net(PORT, PORT + 1);
	waited_for = itself();
	must(-pthread_create(&thread, NULL, wait_for_data, &error), "thread");
	usleep(300000);
	result = tear_down(waited_for);
	fact("AF_UNSPEC while another thread waits for data", "%s",
	     result ? strerror(result) : "done");
	shutdown(waited_for, SHUT_RDWR);
	pthread_join(thread, NULL);
	fact("and that thread is told", "%s", error ? strerror(error) : "end of file");
	close(waited_for);
}

static void mptcp(void)
{
	int fd, result;

	new_net(PORT, PORT + 1);
	fd = socket(AF_INET, SOCK_STREAM, MPTCP);
	if (fd < 0) {
		fact("MPTCP", "%s", strerror(errno));
		return;
	}
	result = connect_to(fd, PORT);
	fact("MPTCP", "%s",
	     result          ? strerror(result)
	     : is_itself(fd) ? "connects to itself"
			     : "connects");
	result = tear_down(fd);
	fact("AF_UNSPEC on MPTCP", "%s", result ? strerror(result) : "done");
	fact("TIME_WAIT after AF_UNSPEC on MPTCP", "%s", port_is_traced() ? "yes" : "no");
	close(fd);
}

static void nothing_left(void)
{
	int fd;

	new_net(PORT, PORT + 1);
	fd = itself();
	must(-tear_down(fd), "tear down");
	fact("TIME_WAIT after AF_UNSPEC", "%s", port_is_traced() ? "yes" : "no");
	close(fd);
}

static void proc(void)
{
	struct statx status = {0};
	char parameters[256] = {0}, text[512] = "";
	pid_t child;
	int fd;

	must((int)syscall(SYS_statx, AT_FDCWD, "/proc/self/fd", 0, STATX_SIZE, &status), "statx");
	fact("statx() of /proc/self/fd counts descriptors", "%s", status.stx_size ? "yes" : "no");
	fflush(stdout);
	child = fork();
	if (child == 0) {
		unsigned long flags = 0;

		fd = open("/proc/self/stat", O_RDONLY);
		if (read(fd, text, sizeof text - 1) > 0)
			sscanf(strrchr(text, ')') + 1, " %*c %*d %*d %*d %*d %*d %lu", &flags);
		fact("a fork is known by its flags in /proc/self/stat", "%s",
		     flags & 0x40 ? "yes" : "no");
		fflush(stdout);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	fd = (int)syscall(SYS_io_uring_setup, 4, parameters);
	fact("io_uring", "%s", fd >= 0 ? "yes" : strerror(errno));
}

void facts_of_sockets(void)
{
	nothing_left();
	destroyed();
	waited_on();
	options();
	mptcp();
	proc();
}
