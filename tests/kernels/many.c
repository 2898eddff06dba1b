/* SPDX-License-Identifier: MIT */
/*
 * Shows that a repair costs no more with 100,000 open descriptors than with 10. It counts system
 * calls by ptrace(2), for each method. Run it as root on a machine that allows that many
 * descriptors, as scripts/kernels does. It sets LD_PRELOAD itself and prints TAP.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PORT = 40000, FEW = 10, MANY = 100000, ROOM = 16 };

static int must(int result, const char *what)
{
	if (result < 0) {
		perror(what);
		exit(99);
	}
	return result;
}

/*
 * The process whose calls are counted. Between its two stops it only connects. It exits with 0 if
 * the connection was refused, as it should be.
 */
static int connect_among(int descriptors)
{
	struct rlimit limit = {(rlim_t)descriptors + ROOM, (rlim_t)descriptors + ROOM};
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(PORT)};
	int fd = must(socket(AF_INET, SOCK_STREAM, 0), "socket"), result, error;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	must(setrlimit(RLIMIT_NOFILE, &limit), "RLIMIT_NOFILE");
	for (int last = fd; last < descriptors - 1;)
		last = must(open("/dev/null", O_RDONLY | O_CLOEXEC), "/dev/null");
	must((int)ptrace(PTRACE_TRACEME, 0, NULL, NULL), "to be traced");
	raise(SIGSTOP);
	result = connect(fd, (struct sockaddr *)&to, sizeof to);
	error = errno;
	raise(SIGSTOP);
	return result == 0 || error != ECONNREFUSED;
}

/* Stops at each system call's entry and exit, until the child stops itself. */
static int count_calls(pid_t child)
{
	int stops = 0, status;

	must(waitpid(child, &status, 0), "wait");
	if (!WIFSTOPPED(status))
		return -1;
	must((int)ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_TRACESYSGOOD), "options");
	for (;;) {
		must((int)ptrace(PTRACE_SYSCALL, child, NULL, NULL), "go on");
		must(waitpid(child, &status, 0), "wait");
		if (!WIFSTOPPED(status))
			return -1;
		if (WSTOPSIG(status) != (SIGTRAP | 0x80))
			break;
		stops++;
	}
	ptrace(PTRACE_DETACH, child, NULL, NULL);
	must(waitpid(child, &status, 0), "wait");
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? stops / 2 : -1;
}

/*
 * Executes itself, because the shim treats forked processes differently, in a network of its own.
 * Returns -1 if the connection was not refused.
 */
static int calls_of(const char *method, int descriptors)
{
	const char *builddir = getenv("builddir");
	char library[4096], number[12];
	pid_t child = must(fork(), "fork");

	if (child)
		return count_calls(child);
	snprintf(library, sizeof library, "%s/.libs/libnoselfconn.so", builddir ? builddir : ".");
	snprintf(number, sizeof number, "%d", descriptors);
	setenv("LD_PRELOAD", library, 1);
	setenv("NOSELFCONN_METHOD", method, 1);
	must(unshare(CLONE_NEWNET), "a network namespace");
	must(system("ip link set lo up && echo 40000 40001 "
		    ">/proc/sys/net/ipv4/ip_local_port_range"),
	     "its set-up");
	execl("/proc/self/exe", "many", number, (char *)NULL);
	_exit(99);
}

static void compare(int number, const char *method)
{
	int few = calls_of(method, FEW), many = calls_of(method, MANY);
	/*
	 * auto does not search this many descriptors and rewinds instead. That takes fewer calls
	 * than replacing does with few descriptors.
	 */
	int good = few > 0 && many > 0 && (strcmp(method, "auto") == 0 ? many <= few : many == few);

	printf("# %s: %d system calls with %d descriptors, %d with %d\n", method, few, FEW, many,
	       MANY);
	printf("%sok %d - %s: no more system calls with %d descriptors open than with %d\n",
	       good ? "" : "not ", number, method, MANY, FEW);
}

int main(int argc, char *argv[])
{
	static const char *const methods[] = {"rewind", "replace", "auto"};

	if (argc == 2)
		return connect_among(atoi(argv[1]));
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 0; i < 3; i++)
		compare(i + 1, methods[i]);
	puts("1..3");
	return 0;
}
