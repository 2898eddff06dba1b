/* SPDX-License-Identifier: MIT */
/* Prints steps as C code. */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "program.h"
#include "settings.h"

static const char *const names[FUZZ_KINDS] = {
	[FUZZ_SOCKET] = "socket",
	[FUZZ_BIND] = "bind",
	[FUZZ_CONNECT] = "connect",
	[FUZZ_CONNECT2] = "__connect",
	[FUZZ_SENDTO] = "sendto",
	[FUZZ_SENDMSG] = "sendmsg",
	[FUZZ_SENDMMSG] = "sendmmsg",
	[FUZZ_LISTEN] = "listen",
	[FUZZ_ACCEPT] = "accept",
	[FUZZ_SETSOCKOPT] = "setsockopt",
	[FUZZ_SHUTDOWN] = "shutdown",
	[FUZZ_DUP] = "dup",
	[FUZZ_DUP2] = "dup2",
	[FUZZ_DUP3] = "dup3",
	[FUZZ_CLOSE] = "close",
	[FUZZ_RESET] = "close_by_reset",
	[FUZZ_SETFL] = "fcntl_F_SETFL",
	[FUZZ_SETFD] = "fcntl_F_SETFD",
	[FUZZ_OWNER] = "fcntl_F_SETOWN_or_SETSIG",
	[FUZZ_ERROR] = "getsockopt_SO_ERROR",
	[FUZZ_RECV] = "recv",
	[FUZZ_OPEN] = "open_other",
	[FUZZ_EPOLL_CTL] = "epoll_ctl",
	[FUZZ_EPOLL_WAIT] = "epoll_wait",
	[FUZZ_LIMIT] = "setrlimit_NOFILE",
};

void fuzz_show_address(const uint8_t *bytes, unsigned size)
{
	char text[INET6_ADDRSTRLEN];
	struct sockaddr_in6 in6 = {0};
	struct sockaddr_in in = {0};

	memcpy(&in6, bytes, size < sizeof in6 ? size : sizeof in6);
	memcpy(&in, &in6, sizeof in);
	if (in.sin_family == AF_INET && size >= sizeof in)
		printf("%s:%u", inet_ntop(AF_INET, &in.sin_addr, text, sizeof text),
		       ntohs(in.sin_port));
	else if (in.sin_family == AF_INET6 && size >= 24)
		printf("[%s%%%u]:%u", inet_ntop(AF_INET6, &in6.sin6_addr, text, sizeof text),
		       in6.sin6_scope_id, ntohs(in6.sin6_port));
	else
		printf("family %u, %u bytes", in.sin_family, size);
}

static bool has_address(enum fuzz_kind kind)
{
	return kind >= FUZZ_BIND && kind <= FUZZ_SENDMMSG;
}

void fuzz_step_show(const struct fuzz_step *step)
{
	static const char *const pointers[] = {[FUZZ_GOOD] = "",
					       [FUZZ_NULL] = "NULL ",
					       [FUZZ_UNMAPPED] = "unmapped ",
					       [FUZZ_READ_ONLY] = "read-only "};
	const char *option =
		step->kind == FUZZ_SETSOCKOPT ? fuzz_setting_name(step->a, step->b) : NULL;

	printf("%s(%d, %d, %s%d, %#x, %s%u bytes", names[step->kind], step->fd, step->a,
	       option ? option : "", step->b, (unsigned)step->c, pointers[step->data], step->size);
	if (has_address(step->kind)) {
		printf(", %s{", pointers[step->address.pointer]);
		fuzz_show_address(step->address.bytes, step->address.size);
		printf("}, %d", (int)step->address.length);
	}
	printf(")");
}
