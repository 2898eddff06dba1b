/* SPDX-License-Identifier: MIT */
/* The TCP sockets of this network namespace, as sock_diag(7) lists them (Linux 3.3 and later). */
#include "sockets/tcp_sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "array.h"
#include "message.h"

enum { ANSWER_SECONDS = 10, ANY_STATE = ~0 };

struct search {
	bool (*wanted)(const struct tcp_socket *socket);
	struct tcp_socket *found;
	size_t count;
};

/* Both times of tcp_info start when the socket connects. The larger one says more. */
static long read_age(struct nlmsghdr *head)
{
	static const size_t enough =
		offsetof(struct tcp_info, tcpi_last_ack_recv) + sizeof(unsigned);
	struct inet_diag_msg *body = NLMSG_DATA(head);
	unsigned left = head->nlmsg_len - (unsigned)NLMSG_LENGTH(sizeof *body);

	for (struct rtattr *at = (void *)(body + 1); RTA_OK(at, left); at = RTA_NEXT(at, left)) {
		struct tcp_info info;

		/* Kernels differ in the length of tcp_info. The two times are in each of them. */
		if (at->rta_type != INET_DIAG_INFO || RTA_PAYLOAD(at) < enough)
			continue;
		memcpy(&info, RTA_DATA(at), enough);
		return (long)(info.tcpi_last_data_sent > info.tcpi_last_ack_recv
				      ? info.tcpi_last_data_sent
				      : info.tcpi_last_ack_recv) /
		       1000;
	}
	return -1;
}

static void read_socket(struct search *search, struct nlmsghdr *head)
{
	const struct inet_diag_msg *body = NLMSG_DATA(head);
	struct tcp_socket socket = {.family = body->idiag_family,
				    .local_port = ntohs(body->id.idiag_sport),
				    .peer_port = ntohs(body->id.idiag_dport),
				    .state = body->idiag_state,
				    .inode = body->idiag_inode,
				    .age = read_age(head)};
	size_t size = socket.family == AF_INET ? 4 : 16;

	memcpy(socket.local, body->id.idiag_src, size);
	memcpy(socket.peer, body->id.idiag_dst, size);
	if (socket.state == TCP_SOCKET_TIME_WAIT)
		socket.seconds_left = (body->idiag_expires + 999UL) / 1000;
	if (search->wanted(&socket))
		search->found = array_add(search->found, &search->count, &socket, sizeof socket);
}

static int ask(int fd, int family)
{
	struct {
		struct nlmsghdr head;
		struct inet_diag_req_v2 body;
	} request = {
		.head = {.nlmsg_len = sizeof request,
			 .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			 .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.body = {.sdiag_family = (unsigned char)family,
			 .sdiag_protocol = IPPROTO_TCP,
			 .idiag_ext = 1 << (INET_DIAG_INFO - 1),
			 .idiag_states = (unsigned)ANY_STATE},
	};

	return send(fd, &request, sizeof request, 0) == (ssize_t)sizeof request ? 0 : -errno;
}

/* Returns 1 when the list is complete, 0 if there is more to come, or -errno. */
static int read_messages(struct search *search, struct nlmsghdr *head, unsigned size)
{
	for (; NLMSG_OK(head, size); head = NLMSG_NEXT(head, size)) {
		if (head->nlmsg_type == NLMSG_DONE)
			return 1;
		if (head->nlmsg_type == NLMSG_ERROR) {
			const struct nlmsgerr *error = NLMSG_DATA(head);

			return error->error ? error->error : -EPROTO;
		}
		if (head->nlmsg_type == SOCK_DIAG_BY_FAMILY &&
		    head->nlmsg_len >= NLMSG_LENGTH(sizeof(struct inet_diag_msg)))
			read_socket(search, head);
	}
	return 0;
}

static int read_family(int fd, int family, struct search *search)
{
	static struct nlmsghdr buffer[65536 / sizeof(struct nlmsghdr)];
	int result = ask(fd, family);

	while (result == 0) {
		ssize_t size = recv(fd, buffer, sizeof buffer, 0);

		if (size <= 0)
			return size < 0 ? -errno : -EPROTO;
		result = read_messages(search, buffer, (unsigned)size);
	}
	return result < 0 ? result : 0;
}

int tcp_sockets_read(bool (*wanted)(const struct tcp_socket *socket), struct tcp_socket **sockets,
		     size_t *count)
{
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG), error;
	struct timeval limit = {.tv_sec = ANSWER_SECONDS};
	struct search search = {.wanted = wanted};

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	error = read_family(fd, AF_INET, &search);
	if (!error)
		error = read_family(fd, AF_INET6, &search);
	close(fd);
	*sockets = search.found;
	*count = search.count;
	return error;
}

bool tcp_socket_is_itself(const struct tcp_socket *socket)
{
	return socket->local_port == socket->peer_port && socket->local_port != 0 &&
	       memcmp(socket->local, socket->peer, sizeof socket->local) == 0;
}

const char *tcp_socket_address(const struct tcp_socket *socket)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(socket->family, socket->local, text, sizeof text);
	return message_format("%s", text);
}

const char *tcp_socket_name(const struct tcp_socket *socket)
{
	return message_format(socket->family == AF_INET6 ? "[%s]:%u" : "%s:%u",
			      tcp_socket_address(socket), socket->local_port);
}
