/* SPDX-License-Identifier: MIT */
/*
 * A client for sandboxes.sh that enters a seccomp sandbox and then calls connect(2). The
 * sandbox allows connect(2), exit_group(2) and the SYSTEM-CALLs given. Prints how the call ended.
 *
 * usage: sandboxed kill|errno served|itself|outside|local [SYSTEM-CALL...]
 *   kill:    the sandbox kills the process for any other system call
 *   errno:   any other system call fails with EPERM
 *   served:  connects to 127.0.0.1:40000, where a server listens
 *   itself:  the same, without a server; the source ports are 40000 and 40001
 *   outside: connects to 127.0.0.1:39999, where a server listens
 *   local:   connects by AF_UNIX
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 32 };

static const struct {
	char name[16];
	unsigned number;
} calls[] = {
	{"bind", SYS_bind},
	{"close", SYS_close},
	{"dup3", SYS_dup3},
	{"fcntl", SYS_fcntl},
	{"getdents64", SYS_getdents64},
	{"getpeername", SYS_getpeername},
	{"getsockname", SYS_getsockname},
	{"getsockopt", SYS_getsockopt},
	{"openat", SYS_openat},
	{"ppoll", SYS_ppoll},
	{"prctl", SYS_prctl},
	{"read", SYS_read},
	{"readlinkat", SYS_readlinkat},
	{"rt_sigaction", SYS_rt_sigaction},
	{"rt_sigprocmask", SYS_rt_sigprocmask},
	{"setsockopt", SYS_setsockopt},
	{"socket", SYS_socket},
	{"statfs", SYS_statfs},
	{"statx", SYS_statx},
	{"waitid", SYS_waitid},
};

static void die(const char *what)
{
	perror(what);
	exit(99);
}

static unsigned number_of(const char *name)
{
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
		if (strcmp(calls[i].name, name) == 0)
			return calls[i].number;
	fprintf(stderr, "sandboxed: unknown system call '%s'\n", name);
	exit(99);
}

static void enter_sandbox(unsigned otherwise, char *names[], int count)
{
	struct sock_filter filter[2 * (MOST + 4)];
	unsigned allowed[MOST] = {SYS_connect, SYS_exit_group};
	unsigned short length = 0;
	int total = 2;

	for (int i = 0; i < count && total < MOST; i++)
		allowed[total++] = number_of(names[i]);
	filter[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
							offsetof(struct seccomp_data, nr));
	for (int i = 0; i < total; i++) {
		filter[length++] =
			(struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, allowed[i], 0, 1);
		filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	}
	filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, otherwise);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &(struct sock_fprog){length, filter}))
		die("seccomp");
}

static int listen_at(const struct sockaddr *at, socklen_t length)
{
	int fd = socket(at->sa_family, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, at, length) || listen(fd, 8))
		die("listen");
	return fd;
}

static int is_itself(int fd)
{
	struct sockaddr_in local, peer;
	socklen_t a = sizeof local, b = sizeof peer;

	return getsockname(fd, (struct sockaddr *)&local, &a) == 0 &&
	       getpeername(fd, (struct sockaddr *)&peer, &b) == 0 && local.sin_family == AF_INET &&
	       local.sin_port == peer.sin_port;
}

static void look(int fd, pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) != child)
		die("waitpid");
	if (WIFSIGNALED(status))
		puts(WTERMSIG(status) == SIGSYS ? "killed by SIGSYS" : strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status))
		puts(strerror(WEXITSTATUS(status)));
	else
		puts(is_itself(fd) ? "itself" : "connected");
}

int main(int argc, char *argv[])
{
	struct sockaddr_in to = {.sin_family = AF_INET};
	struct sockaddr_un local = {.sun_family = AF_UNIX, .sun_path = "\0noselfconn-sandboxed"};
	const struct sockaddr *address = (struct sockaddr *)&to;
	socklen_t length = sizeof to;
	unsigned otherwise;
	pid_t child;
	int fd;

	if (argc < 3)
		return 99;
	otherwise =
		strcmp(argv[1], "kill") == 0 ? SECCOMP_RET_KILL_PROCESS : SECCOMP_RET_ERRNO | EPERM;
	to.sin_port = htons(strcmp(argv[2], "outside") == 0 ? 39999 : 40000);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (strcmp(argv[2], "local") == 0) {
		address = (struct sockaddr *)&local;
		length = sizeof local;
	}
	if (strcmp(argv[2], "itself"))
		listen_at(address, length);
	fd = socket(address->sa_family, SOCK_STREAM, 0);
	child = fork();
	if (child < 0)
		die("fork");
	if (child == 0) {
		enter_sandbox(otherwise, argv + 3, argc - 3);
		syscall(SYS_exit_group, connect(fd, address, length) ? errno : 0);
	}
	look(fd, child);
	return 0;
}
