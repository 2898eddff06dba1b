/* SPDX-License-Identifier: MIT */
/* Makes one step of a program, through the kernel's functions or the shim's. */
#include "call.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <unistd.h>

#include "memory.h"
#include "settings.h"

static struct sockaddr *put_address(const struct fuzz_step *step, enum fuzz_area area)
{
	const struct fuzz_address *address = &step->address;

	return fuzz_memory_put(area, address->bytes, address->size, address->pointer);
}

/* `count` messages to the same address, or without one if its length is 0. */
static struct mmsghdr *put_messages(const struct fuzz_step *step, unsigned count)
{
	struct mmsghdr message[2];
	struct iovec part = {fuzz_memory_put(FUZZ_AREA_DATA, NULL, step->size, FUZZ_GOOD),
			     step->size};
	void *parts = fuzz_memory_put(FUZZ_AREA_PARTS, &part, sizeof part, FUZZ_GOOD);
	void *address = put_address(step, FUZZ_AREA_ADDRESS);

	memset(message, 0, sizeof message);
	for (unsigned i = 0; i < count; i++) {
		message[i].msg_hdr.msg_name = address;
		message[i].msg_hdr.msg_namelen = step->address.length;
		message[i].msg_hdr.msg_iov = parts;
		message[i].msg_hdr.msg_iovlen = 1;
		message[i].msg_len = 77;
	}
	return fuzz_memory_put(FUZZ_AREA_HEADERS, message, count * sizeof *message, step->data);
}

static long send_message(const struct fuzz_step *step, const struct fuzz_doors *doors,
			 struct fuzz_result *result)
{
	struct mmsghdr *messages;
	unsigned count = (unsigned)step->b;
	long value;

	if (step->kind == FUZZ_SENDMSG)
		return doors->sendmsg(step->fd, (void *)put_messages(step, 1),
				      step->a); /* msg_hdr comes first */
	messages = put_messages(step, count);
	value = doors->sendmmsg(step->fd, messages, count, step->a);
	/*
	 * The kernel reports no length for messages that it did not send. After a retry, the shim
	 * leaves there what the first attempt sent.
	 */
	for (long i = 0; i < value && step->data == FUZZ_GOOD; i++)
		result->more[i] = (long)messages[i].msg_len;
	return value;
}

static long set_option(const struct fuzz_step *step)
{
	unsigned char bytes[FUZZ_SETTING_SIZE];

	fuzz_setting_put(step->a, step->b, step->c, bytes);
	return setsockopt(step->fd, step->a, step->b,
			  fuzz_memory_put(FUZZ_AREA_DATA, bytes, step->size, step->data),
			  step->size);
}

static long accept_one(const struct fuzz_step *step)
{
	int fd = accept4(step->fd, NULL, NULL, step->a);
	int before = errno;

	if (fd >= 0)
		fuzz_let_nothing_wait(fd);
	errno = before;
	return fd;
}

static long make_socket(const struct fuzz_step *step)
{
	int fd = socket(step->a, step->b, step->c);
	int before = errno;

	if (fd >= 0)
		fuzz_let_nothing_wait(fd);
	errno = before;
	return fd;
}

static long receive(const struct fuzz_step *step, struct fuzz_result *result)
{
	unsigned char data[64] = {0};
	long value = recv(step->fd, data, sizeof data, MSG_DONTWAIT | (step->a & 1 ? MSG_PEEK : 0));
	socklen_t size = sizeof(int);
	int before = errno, type = 0;

	getsockopt(step->fd, SOL_SOCKET, SO_TYPE, &type, &size);
	errno = before;
	/* A raw socket also receives the IP header, which has a random number. */
	for (unsigned i = 0; i < sizeof data && type != SOCK_RAW; i++)
		result->more[0] = result->more[0] * 31 + data[i];
	return value;
}

static long make_call(const struct fuzz_step *step, const struct fuzz_doors *doors,
		      struct fuzz_result *result)
{
	socklen_t length = step->address.length, int_size = sizeof(int);
	int pending = 0;
	long value;

	switch (step->kind) {
	case FUZZ_SOCKET:
		return make_socket(step);
	case FUZZ_BIND:
		return bind(step->fd, put_address(step, FUZZ_AREA_ADDRESS), length);
	case FUZZ_CONNECT:
		return doors->connect(step->fd, put_address(step, FUZZ_AREA_ADDRESS), length);
	case FUZZ_CONNECT2:
		return doors->connect2(step->fd, put_address(step, FUZZ_AREA_ADDRESS), length);
	case FUZZ_SENDTO:
		return doors->sendto(
			step->fd, fuzz_memory_put(FUZZ_AREA_DATA, NULL, step->size, step->data),
			step->size, step->a, put_address(step, FUZZ_AREA_ADDRESS), length);
	case FUZZ_SENDMSG:
	case FUZZ_SENDMMSG:
		return send_message(step, doors, result);
	case FUZZ_LISTEN:
		return listen(step->fd, step->a);
	case FUZZ_ACCEPT:
		return accept_one(step);
	case FUZZ_SETSOCKOPT:
		return set_option(step);
	case FUZZ_SHUTDOWN:
		return shutdown(step->fd, step->a);
	case FUZZ_ERROR:
		value = getsockopt(step->fd, SOL_SOCKET, SO_ERROR, &pending, &int_size);
		result->more[0] = pending;
		return value;
	case FUZZ_RECV:
		return receive(step, result);
	default:
		return fuzz_call_file(step, result);
	}
}

static void set_limit(int limit)
{
	struct rlimit all;

	getrlimit(RLIMIT_NOFILE, &all);
	all.rlim_cur = (rlim_t)limit;
	setrlimit(RLIMIT_NOFILE, &all);
}

/*
 * There is one process with one thread, so nobody connects to a listening socket while its owner
 * waits.
 */
static bool would_wait(const struct fuzz_step *step)
{
	struct pollfd listener = {.fd = step->fd, .events = POLLIN};

	return step->kind == FUZZ_ACCEPT && poll(&listener, 1, 0) == 0 &&
	       !(fcntl(step->fd, F_GETFL) & O_NONBLOCK);
}

/*
 * shutdown(2) here fails with ENOTCONN, but the kernel closes a later connection as soon as it is
 * made. A self-connection then ends by FIN before anybody can undo it. If undone, the kernel also
 * forgets the effect of SHUT_RD. No known program does this.
 */
static bool shuts_what_is_not_connected(const struct fuzz_step *step)
{
	struct sockaddr_storage peer;
	socklen_t length = sizeof peer, size = sizeof(int);
	int protocol = 0;

	return step->kind == FUZZ_SHUTDOWN &&
	       getpeername(step->fd, (struct sockaddr *)&peer, &length) && errno == ENOTCONN &&
	       getsockopt(step->fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) == 0 &&
	       protocol == IPPROTO_TCP;
}

static bool is_omitted(const struct fuzz_step *step)
{
	return would_wait(step) || shuts_what_is_not_connected(step);
}

void fuzz_call_prepare(void)
{
	fuzz_memory_map();
}

void fuzz_call(const struct fuzz_step *step, const struct fuzz_doors *doors, int *limit,
	       struct fuzz_result *result)
{
	memset(result, 0, sizeof *result);
	result->omitted = is_omitted(step);
	if (result->omitted)
		return;
	if (step->kind == FUZZ_LIMIT)
		*limit = fuzz_base + step->a % 12;
	if (*limit != FUZZ_NO_LIMIT)
		set_limit(*limit);
	errno = step->before;
	result->value = step->kind == FUZZ_LIMIT ? 0 : make_call(step, doors, result);
	result->error = errno;
	if (*limit != FUZZ_NO_LIMIT)
		set_limit(FUZZ_NO_LIMIT);
	result->spoiled =
		step->address.pointer != FUZZ_NULL && fuzz_memory_changed(FUZZ_AREA_ADDRESS);
}
