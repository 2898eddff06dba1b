/* SPDX-License-Identifier: MIT */
/*
 * Preloaded behind the shim by scripts/suites, and without the shim by itself: counts, in the file that WITNESS names,
 * processes, connect() calls to internet addresses that come here, and how many of each had the shim in front. Killed
 * processes count too.
 */
#define _GNU_SOURCE /* dladdr */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

struct counts {
	unsigned long processes, protected_processes, connects, guarded_connects;
};

static struct counts unseen;
static struct counts *counts = &unseen;
static int (*next)(int, const struct sockaddr *, socklen_t);

static int is_the_shims(const void *code)
{
	Dl_info info;

	return dladdr(code, &info) && strstr(info.dli_fname, "/libnoselfconn.so");
}

static void count(unsigned long *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

__attribute__((constructor)) static void start(void)
{
	const char *path = getenv("WITNESS");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *shared;

	if (fd < 0)
		return;
	shared = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (shared == MAP_FAILED)
		return;
	counts = shared;
	count(&counts->processes);
	if (is_the_shims(dlsym(RTLD_DEFAULT, "connect")))
		count(&counts->protected_processes);
}

/* The shim returns to itself from these. For a Unix socket it may have jumped here. */
static int is_internet(const struct sockaddr *address, socklen_t length)
{
	return address && length >= sizeof address->sa_family &&
	       (address->sa_family == AF_INET || address->sa_family == AF_INET6);
}

__attribute__((visibility("default"))) int connect(int fd, const struct sockaddr *address, socklen_t length)
{
	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "connect");
	if (is_internet(address, length))
		count(&counts->connects);
	if (is_internet(address, length) && is_the_shims(__builtin_return_address(0)))
		count(&counts->guarded_connects);
	return next(fd, address, length);
}
