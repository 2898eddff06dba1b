/* SPDX-License-Identifier: MIT */
/*
 * Connects and prints the result, for tests/neighbours and tests/live. It calls connect() itself,
 * through a plugin (tests/lib/plugin.c) loaded with or without RTLD_DEEPBIND, by system call, or
 * through io_uring.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct sockaddr_in to = {.sin_family = AF_INET};

static int by_plugin(const char *path, int flags)
{
	void *plugin = dlopen(path, RTLD_NOW | flags);
	const char *(*ask)(void);

	if (!plugin)
		return puts(dlerror());
	*(void **)&ask = dlsym(plugin, "plugin_connect");
	return puts(ask());
}

static int by_io_uring(int fd)
{
	struct io_uring_params parameters = {0};
	int ring = (int)syscall(SYS_io_uring_setup, 4, &parameters);
	struct io_uring_sqe *entry;
	char *queue;

	if (ring < 0)
		return -1;
	queue = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	entry = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring, (off_t)IORING_OFF_SQES);
	*entry = (struct io_uring_sqe){.opcode = IORING_OP_CONNECT,
				       .fd = fd,
				       .addr = (unsigned long)&to,
				       .off = sizeof to};
	__atomic_store_n((unsigned *)(void *)(queue + parameters.sq_off.tail), 1, __ATOMIC_RELEASE);
	return syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) == 1 ? 0
											     : -1;
}

int main(int argc, char *argv[])
{
	const char *how = argc > 1 ? argv[1] : "";
	struct sockaddr_in local = {0};
	socklen_t length = sizeof local;
	int fd = socket(AF_INET, SOCK_STREAM, 0), result, pending = 0;
	const char *end;

	to.sin_port = htons(40000);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (strcmp(how, "plugin") == 0 && argc == 3)
		return by_plugin(argv[2], 0) < 0;
	if (strcmp(how, "deepbind") == 0 && argc == 3)
		return by_plugin(argv[2], RTLD_DEEPBIND) < 0;
	if (strcmp(how, "syscall") == 0)
		result = (int)syscall(SYS_connect, fd, &to, sizeof to);
	else if (strcmp(how, "io_uring") == 0)
		result = by_io_uring(fd);
	else
		result = connect(fd, (struct sockaddr *)&to, sizeof to);
	end = result ? strerror(errno) : "connected";
	if (result == 0 && getsockname(fd, (struct sockaddr *)&local, &length) == 0 &&
	    local.sin_port == to.sin_port)
		end = "itself";
	length = sizeof pending;
	getsockopt(fd, SOL_SOCKET, SO_ERROR, &pending, &length);
	return printf("%s%s\n", end, pending ? ", and an error is pending" : "") < 0;
}
