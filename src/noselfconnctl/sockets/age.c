/* SPDX-License-Identifier: MIT */
/* How old is a connection? The kernel does not keep that; this is what can be had. */
#include "sockets/age.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "message.h"

struct request {
	struct nlmsghdr head;
	struct inet_diag_req_v2 body;
};

static bool ask(int fd, const struct procnet_socket *socket)
{
	struct request request = {
		.head = {.nlmsg_len = sizeof request,
			 .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			 .nlmsg_flags = NLM_F_REQUEST},
		.body = {.sdiag_family = (unsigned char)socket->family,
			 .sdiag_protocol = IPPROTO_TCP,
			 .idiag_ext = 1 << (INET_DIAG_INFO - 1),
			 .id = {.idiag_sport = htons((in_port_t)socket->local_port),
				.idiag_dport = htons((in_port_t)socket->peer_port),
				.idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE}}},
	};

	memcpy(request.body.id.idiag_src, socket->local, sizeof socket->local);
	memcpy(request.body.id.idiag_dst, socket->peer, sizeof socket->peer);
	return send(fd, &request, sizeof request, 0) == sizeof request;
}

/* The answer's tcp_info is as long as this kernel has it; the two times have been there from the
 * start. */
static long answer(int fd)
{
	static const size_t enough =
		offsetof(struct tcp_info, tcpi_last_ack_recv) + sizeof(unsigned);
	static struct {
		struct nlmsghdr head;
		char rest[8192];
	} message;
	ssize_t size = recv(fd, &message, sizeof message, 0);
	struct rtattr *attribute; /* not const: the macros of rtnetlink(3) cast */
	unsigned left;

	if (size < (ssize_t)NLMSG_LENGTH(sizeof(struct inet_diag_msg)) ||
	    message.head.nlmsg_len > (size_t)size || message.head.nlmsg_type != SOCK_DIAG_BY_FAMILY)
		return AGE_UNKNOWN;
	attribute = (void *)(message.rest + NLMSG_ALIGN(sizeof(struct inet_diag_msg)));
	left = message.head.nlmsg_len - (unsigned)NLMSG_LENGTH(sizeof(struct inet_diag_msg));
	for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
		struct tcp_info info;

		if (attribute->rta_type != INET_DIAG_INFO || RTA_PAYLOAD(attribute) < enough)
			continue;
		memcpy(&info, RTA_DATA(attribute), enough);
		return (long)(info.tcpi_last_data_sent > info.tcpi_last_ack_recv
				      ? info.tcpi_last_data_sent
				      : info.tcpi_last_ack_recv) /
		       1000;
	}
	return AGE_UNKNOWN;
}

long age_at_least(const struct procnet_socket *connection)
{
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	struct timeval bound = {.tv_sec = 2};
	long age = AGE_UNKNOWN;

	if (fd < 0)
		return AGE_UNKNOWN;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof bound);
	if (ask(fd, connection))
		age = answer(fd);
	close(fd);
	return age;
}

long age_of_process(long pid)
{
	char *path = message_format("/proc/%ld/stat", pid);
	FILE *file = fopen(path, "re");
	char line[1024] = "";
	const char *after_name;
	unsigned long long start;
	struct timespec now;

	free(path);
	if (!file)
		return AGE_UNKNOWN;
	after_name = fgets(line, sizeof line, file) ? strrchr(line, ')') : NULL;
	fclose(file);
	/* The 22nd field, where the name was the second. */
	if (!after_name || clock_gettime(CLOCK_BOOTTIME, &now) ||
	    sscanf(after_name + 1,
		   " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d "
		   "%llu",
		   &start) != 1)
		return AGE_UNKNOWN;
	return (long)now.tv_sec - (long)(start / (unsigned long long)sysconf(_SC_CLK_TCK));
}
