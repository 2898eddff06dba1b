/* SPDX-License-Identifier: MIT */
/* errors.txt: the errors that each system call of a repair can give. */
#include "errors.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 600 };

#define NAMED(error)          \
	{                     \
#error, error \
	}

static const struct {
	char name[16];
	int error;
} named[] = {
	NAMED(EACCES),       NAMED(EADDRINUSE),   NAMED(EADDRNOTAVAIL), NAMED(EAFNOSUPPORT),
	NAMED(EAGAIN),       NAMED(EALREADY),     NAMED(EBADF),         NAMED(EBUSY),
	NAMED(ECHILD),       NAMED(ECONNABORTED), NAMED(ECONNREFUSED),  NAMED(ECONNRESET),
	NAMED(EDOM),         NAMED(EDQUOT),       NAMED(EFAULT),        NAMED(EFBIG),
	NAMED(EHOSTUNREACH), NAMED(EINPROGRESS),  NAMED(EINTR),         NAMED(EINVAL),
	NAMED(EIO),          NAMED(EISCONN),      NAMED(EISDIR),        NAMED(ELOOP),
	NAMED(EMFILE),       NAMED(EMSGSIZE),     NAMED(ENAMETOOLONG),  NAMED(ENETUNREACH),
	NAMED(ENFILE),       NAMED(ENOBUFS),      NAMED(ENODEV),        NAMED(ENOENT),
	NAMED(ENOMEM),       NAMED(ENOPROTOOPT),  NAMED(ENOSPC),        NAMED(ENOSYS),
	NAMED(ENOTCONN),     NAMED(ENOTDIR),      NAMED(ENOTSOCK),      NAMED(ENXIO),
	NAMED(EOPNOTSUPP),   NAMED(EPERM),        NAMED(EPIPE),         NAMED(EPROTONOSUPPORT),
	NAMED(EPROTOTYPE),   NAMED(EROFS),        NAMED(ESRCH),         NAMED(ETIMEDOUT),
	NAMED(ETXTBSY),
};

static struct fault faults[MOST];
static unsigned count;

static void misunderstood(const char *path, unsigned line, const char *what)
{
	fprintf(stderr, "%s:%u: %s\n", path, line, what);
	exit(99);
}

static int error_of(const char *name)
{
	for (size_t i = 0; i < sizeof named / sizeof *named; i++)
		if (strcmp(named[i].name, name) == 0)
			return named[i].error;
	return 0;
}

static void add(const char *path, unsigned line, const char *call, char *name)
{
	struct fault fault = {.takes_effect = false};
	size_t length = strlen(name);

	if (length && name[length - 1] == '*') {
		fault.takes_effect = true;
		name[length - 1] = '\0';
	}
	fault.error = error_of(name);
	if (!fault.error && strcmp(name, "0") && strcmp(name, "-"))
		misunderstood(path, line, name);
	if (count == MOST || strlen(call) >= sizeof fault.call)
		misunderstood(path, line, "there is no room for it");
	strcpy(fault.call, call);
	strcpy(fault.name, name);
	faults[count++] = fault;
}

void errors_read(const char *path)
{
	FILE *file = fopen(path, "r");
	char text[512];

	if (!file)
		misunderstood(path, 0, strerror(errno));
	for (unsigned line = 1; fgets(text, sizeof text, file); line++) {
		char *call = strtok(text, "\t"), *names = strtok(NULL, "\t"),
		     *source = strtok(NULL, "\n");

		if (*text == '#')
			continue;
		if (!call || !names || !source)
			misunderstood(path, line, "CALL, ERRORS and SOURCE are wanted");
		for (char *name = strtok(names, ","); name; name = strtok(NULL, ","))
			add(path, line, call, name);
	}
	fclose(file);
}

const struct fault *errors_at(unsigned index)
{
	return index < count ? &faults[index] : NULL;
}

bool errors_know(const char *call)
{
	for (unsigned i = 0; i < count; i++)
		if (strcmp(faults[i].call, call) == 0)
			return true;
	return false;
}

const char *errors_name(int error)
{
	static char other[24];

	for (size_t i = 0; i < sizeof named / sizeof *named; i++)
		if (named[i].error == error)
			return named[i].name;
	snprintf(other, sizeof other, "errno %d", error);
	return other;
}
