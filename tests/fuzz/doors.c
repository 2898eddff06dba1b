/* SPDX-License-Identifier: MIT */
/* The functions that can connect: the kernel's own and the shim's. */
#include "doors.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int raw_connect(int fd, const struct sockaddr *address, socklen_t length)
{
	return (int)syscall(SYS_connect, fd, address, length);
}

static ssize_t raw_sendto(int fd, const void *data, size_t size, int flags,
			  const struct sockaddr *address, socklen_t length)
{
	return syscall(SYS_sendto, fd, data, size, flags, address, length);
}

static ssize_t raw_sendmsg(int fd, const struct msghdr *message, int flags)
{
	return syscall(SYS_sendmsg, fd, message, flags);
}

static int raw_sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags)
{
	return (int)syscall(SYS_sendmmsg, fd, messages, count, flags);
}

const struct fuzz_doors fuzz_raw = {"raw",      raw_connect, raw_connect,
				    raw_sendto, raw_sendmsg, raw_sendmmsg};

static const struct {
	const char *name, *variable, *value;
} modes[] = {
	{"auto", "NOSELFCONN_METHOD", "auto"},
	{"rewind", "NOSELFCONN_METHOD", "rewind"},
	{"auto, refuse", "NOSELFCONN_GIVE_UP", "refuse"},
};

enum { MODES = sizeof modes / sizeof *modes };

static struct fuzz_doors shim[MODES];

const struct fuzz_doors *fuzz_shim(unsigned mode)
{
	/* Mostly the default mode. */
	return &shim[mode % 4 < MODES ? mode % 4 : 0];
}

static void fail(const char *what)
{
	fprintf(stderr, "fuzz: %s: %s\n", what, dlerror());
	exit(2);
}

/*
 * ld.so identifies a library by name and inode and loads it only once, so each mode needs a copy.
 */
static int copy(const char *path)
{
	int from = open(path, O_RDONLY | O_CLOEXEC),
	    to = memfd_create("libnoselfconn.so", MFD_CLOEXEC);
	struct stat status;

	if (from < 0 || to < 0 || fstat(from, &status) ||
	    sendfile(to, from, NULL, (size_t)status.st_size) != status.st_size) {
		perror(path);
		exit(2);
	}
	close(from);
	return to;
}

static void *load(const char *path, int fd)
{
	char name[64];
	void *library;

	snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
	if (!library)
		fail(path);
	return library;
}

static void find(void *library, const char *name, void *door)
{
	*(void **)door = dlsym(library, name);
	if (!*(void **)door)
		fail(name);
}

void fuzz_doors_open(const char *path)
{
	int fd[MODES];

	if (!path)
		path = getenv("FUZZ_LIBRARY");
	if (!path) {
		fprintf(stderr, "fuzz: FUZZ_LIBRARY does not say which libnoselfconn.so\n");
		exit(2);
	}
	for (unsigned i = 0; i < MODES; i++) {
		void *library;

		/* The library reads its settings once, when it is loaded. */
		setenv(modes[i].variable, modes[i].value, 1);
		fd[i] = copy(path);
		library = load(path, fd[i]);
		unsetenv(modes[i].variable);
		shim[i].name = modes[i].name;
		find(library, "connect", &shim[i].connect);
		find(library, "__connect", &shim[i].connect2);
		find(library, "sendto", &shim[i].sendto);
		find(library, "sendmsg", &shim[i].sendmsg);
		find(library, "sendmmsg", &shim[i].sendmmsg);
	}
	for (unsigned i = 0; i < MODES; i++)
		close(fd[i]);
}
