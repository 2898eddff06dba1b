/* SPDX-License-Identifier: MIT */
/*
 * Another library that interposes connect(), for tests/neighbours and tests/live. It writes the
 * number of calls to the file that OTHER_COUNTS names. Before the second call it starts a server on
 * the destination port: with SO_REUSEADDR if OTHER_SERVES is "beside", without it if OTHER_SERVES
 * is "alone". It writes the result to the same file.
 */
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static int calls;
static const char *served = "";

static void serve(const struct sockaddr *at, socklen_t length)
{
	const char *how = getenv("OTHER_SERVES");
	int fd, yes = 1;

	if (!how)
		return;
	fd = socket(at->sa_family, SOCK_STREAM, 0);
	if (strcmp(how, "beside") == 0)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	served = bind(fd, at, length) || listen(fd, 8) ? strerror(errno) : "listens";
}

__attribute__((visibility("default"))) int connect(int fd, const struct sockaddr *address,
						   socklen_t length)
{
	static int (*next)(int, const struct sockaddr *, socklen_t);

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "connect");
	if (length == sizeof(struct sockaddr_in) && address->sa_family == AF_INET && ++calls == 2)
		serve(address, length);
	return next(fd, address, length);
}

__attribute__((destructor)) static void tell(void)
{
	const char *path = getenv("OTHER_COUNTS");
	FILE *file = path ? fopen(path, "w") : NULL;

	if (file) {
		fprintf(file, "%d %s", calls, served);
		fclose(file);
	}
}
