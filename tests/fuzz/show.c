/* SPDX-License-Identifier: MIT */
/* Steps as they stand in a C program. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "names.h"
#include "program.h"
#include "settings.h"

const char *fuzz_errno_name(int number)
{
	static char other[16];
	/* strerrorname_np() is younger than some of the libcs that this is built on. */
	static const struct {
		int number;
		const char *name;
	} known[] = {
		{ECONNREFUSED, "ECONNREFUSED"},
		{EINPROGRESS, "EINPROGRESS"},
		{EADDRNOTAVAIL, "EADDRNOTAVAIL"},
		{EADDRINUSE, "EADDRINUSE"},
		{EISCONN, "EISCONN"},
		{ENOTCONN, "ENOTCONN"},
		{EALREADY, "EALREADY"},
		{EINVAL, "EINVAL"},
		{EFAULT, "EFAULT"},
		{EBADF, "EBADF"},
		{ENOTSOCK, "ENOTSOCK"},
		{EPIPE, "EPIPE"},
		{ECONNRESET, "ECONNRESET"},
		{EAGAIN, "EAGAIN"},
		{EAFNOSUPPORT, "EAFNOSUPPORT"},
		{EOPNOTSUPP, "EOPNOTSUPP"},
		{ENETUNREACH, "ENETUNREACH"},
		{EMFILE, "EMFILE"},
		{EACCES, "EACCES"},
		{EPERM, "EPERM"},
		{EDESTADDRREQ, "EDESTADDRREQ"},
		{EMSGSIZE, "EMSGSIZE"},
		{ECONNABORTED, "ECONNABORTED"},
		{EPROTONOSUPPORT, "EPROTONOSUPPORT"},
		{ENOPROTOOPT, "ENOPROTOOPT"},
		{EINTR, "EINTR"},
		{EPROTOTYPE, "EPROTOTYPE"},
		{ENOENT, "ENOENT"},
		{EEXIST, "EEXIST"},
		{ENODEV, "ENODEV"},
		{ESOCKTNOSUPPORT, "ESOCKTNOSUPPORT"},
		{EHOSTUNREACH, "EHOSTUNREACH"},
		{ENOTDIR, "ENOTDIR"},
		{EDOM, "EDOM"},
	};

	for (unsigned i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].number == number)
			return known[i].name;
	snprintf(other, sizeof other, "errno %d", number);
	return other;
}

void fuzz_show_address(const uint8_t *bytes, unsigned size)
{
	char text[INET6_ADDRSTRLEN];
	struct sockaddr_in6 in6 = {0};
	struct sockaddr_in in = {0};
	sa_family_t family = 0;

	memcpy(&in6, bytes, size < sizeof in6 ? size : sizeof in6);
	memcpy(&in, &in6, sizeof in);
	memcpy(&family, &in6, sizeof family);
	if (family == AF_INET && size >= sizeof in) {
		printf("%s:%u", inet_ntop(AF_INET, &in.sin_addr, text, sizeof text),
		       ntohs(in.sin_port));
	} else if (family == AF_INET6 && size >= 24) {
		printf("[%s", inet_ntop(AF_INET6, &in6.sin6_addr, text, sizeof text));
		if (in6.sin6_scope_id)
			printf("%%%u", in6.sin6_scope_id);
		printf("]:%u", ntohs(in6.sin6_port));
	} else {
		printf("family %u, %u bytes", family, size);
	}
}

static void show_pointer(enum fuzz_pointer pointer)
{
	printf("%s", pointer == FUZZ_NULL ? "NULL" : pointer == FUZZ_UNMAPPED ? "unmapped" : "...");
}

static void show_address(const struct fuzz_address *address)
{
	if (address->pointer == FUZZ_NULL || address->pointer == FUZZ_UNMAPPED) {
		show_pointer(address->pointer);
	} else {
		printf("%s{", address->pointer == FUZZ_READ_ONLY ? "read-only " : "");
		fuzz_show_address(address->bytes, address->size);
		printf("}");
	}
	printf(", %d", (int)address->length);
}

static void show_option(const struct fuzz_step *step)
{
	const char *name = fuzz_setting_name(step->a, step->b);

	printf("setsockopt(%d, %d, %s", step->fd, step->a, name ? name : "");
	printf("%s, %s%d, %u)", name ? "" : "?", step->data == FUZZ_GOOD ? "" : "unmapped ",
	       step->c, step->size);
}

static void show_send(const struct fuzz_step *step)
{
	static const char *const name[] = {
		[FUZZ_SENDTO] = "sendto", [FUZZ_SENDMSG] = "sendmsg", [FUZZ_SENDMMSG] = "sendmmsg"};

	printf("%s(%d, ", name[step->kind], step->fd);
	show_pointer(step->data);
	printf(", %u bytes", step->size);
	if (step->kind == FUZZ_SENDMMSG)
		printf(" x %d", step->b);
	printf(", %#x%s, ", (unsigned)step->a, step->a & MSG_FASTOPEN ? " (MSG_FASTOPEN)" : "");
	show_address(&step->address);
	printf(")");
}

void fuzz_step_show(const struct fuzz_step *step)
{
	static const char *const name[FUZZ_KINDS] = {"socket",
						     "bind",
						     "connect",
						     "__connect",
						     "sendto",
						     "sendmsg",
						     "sendmmsg",
						     "listen",
						     "accept",
						     "setsockopt",
						     "shutdown",
						     "dup",
						     "dup2",
						     "dup3",
						     "close",
						     "close_by_reset",
						     "fcntl_F_SETFL",
						     "fcntl_F_SETFD",
						     "fcntl_F_SETOWN_or_SETSIG",
						     "getsockopt_SO_ERROR",
						     "recv",
						     "open_other",
						     "epoll_ctl",
						     "epoll_wait",
						     "setrlimit_NOFILE"};

	switch (step->kind) {
	case FUZZ_SOCKET:
		printf("socket(%d, %#x, %d)", step->a, (unsigned)step->b, step->c);
		break;
	case FUZZ_BIND:
	case FUZZ_CONNECT:
	case FUZZ_CONNECT2:
		printf("%s(%d, ", name[step->kind], step->fd);
		show_address(&step->address);
		printf(")");
		break;
	case FUZZ_SENDTO:
	case FUZZ_SENDMSG:
	case FUZZ_SENDMMSG:
		show_send(step);
		break;
	case FUZZ_SETSOCKOPT:
		show_option(step);
		break;
	default:
		printf("%s(%d, %d, %d, %#x)", name[step->kind], step->fd, step->a, step->b,
		       (unsigned)step->c);
	}
}
