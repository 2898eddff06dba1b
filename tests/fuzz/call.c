/* SPDX-License-Identifier: MIT */
/* One step of a program, made by the kernel's doors or the shim's. */
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

/* Long enough for everything that loopback does, which it does at once; the kernel makes one tick
 * of it. */
static void let_nothing_wait(int fd)
{
	static const struct timeval short_time = {0, 1};

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &short_time, sizeof short_time);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &short_time, sizeof short_time);
}

static long open_other(int what)
{
	int pair[2] = {-1, -1};

	switch (what % 8) {
	case 0:
		return pipe2(pair, O_NONBLOCK | O_CLOEXEC);
	case 1:
		return eventfd(0, EFD_NONBLOCK);
	case 2:
		return epoll_create1(EPOLL_CLOEXEC);
	case 3:
		return open("/dev/null", O_RDWR);
	case 4:
		return open("/", O_PATH);
	case 5:
		return memfd_create("program", 0);
	case 6:
		return timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	default:
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
			return -1;
		let_nothing_wait(pair[0]);
		let_nothing_wait(pair[1]);
		return 0;
	}
}

static struct sockaddr *put_address(const struct fuzz_step *step, enum fuzz_area area)
{
	const struct fuzz_address *address = &step->address;

	return fuzz_memory_put(area, address->bytes, address->size, address->pointer);
}

/* `count` messages to the same address; to none where its length is 0. */
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
	 * Of messages that were not sent the length is not said; a retry leaves there what the
	 * first attempt has sent.
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
		let_nothing_wait(fd);
	errno = before;
	return fd;
}

static long make_socket(const struct fuzz_step *step)
{
	int fd = socket(step->a, step->b, step->c);
	int before = errno;

	if (fd >= 0)
		let_nothing_wait(fd);
	errno = before;
	return fd;
}

static long close_by_reset(int fd)
{
	static const struct linger at_once = {1, 0};
	int before = errno;

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	errno = before;
	return close(fd);
}

static long receive(const struct fuzz_step *step, struct fuzz_result *result)
{
	unsigned char data[64] = {0};
	long value = recv(step->fd, data, sizeof data, MSG_DONTWAIT | (step->a & 1 ? MSG_PEEK : 0));
	socklen_t size = sizeof(int);
	int before = errno, type = 0;

	getsockopt(step->fd, SOL_SOCKET, SO_TYPE, &type, &size);
	errno = before;
	/* A raw socket gets the IP header, with a number drawn by lot. */
	for (unsigned i = 0; i < sizeof data && type != SOCK_RAW; i++)
		result->more[0] = result->more[0] * 31 + data[i];
	return value;
}

/* The order in which events come is nobody's promise. */
static long wait_events(int fd, struct fuzz_result *result)
{
	struct epoll_event event[8];
	int count = epoll_wait(fd, event, 8, 0);

	for (int i = 0; i < count; i++)
		result->more[0] += (long)event[i].events * (event[i].data.fd + 1);
	return count;
}

static long set_owner(const struct fuzz_step *step)
{
	/* Both are ignored where they come. */
	if (step->a & 1)
		return fcntl(step->fd, F_SETSIG, SIGURG);
	return fcntl(step->fd, F_SETOWN, getpid());
}

static long make_file_call(const struct fuzz_step *step, struct fuzz_result *result)
{
	struct epoll_event event = {.events = (uint32_t)step->c, .data.fd = step->b};

	switch (step->kind) {
	case FUZZ_DUP:
		return step->a ? fcntl(step->fd, F_DUPFD_CLOEXEC, 0) : dup(step->fd);
	case FUZZ_DUP2:
		return dup2(step->fd, step->a);
	case FUZZ_DUP3:
		return dup3(step->fd, step->a, step->b);
	case FUZZ_CLOSE:
		return close(step->fd);
	case FUZZ_RESET:
		return close_by_reset(step->fd);
	case FUZZ_SETFL:
		return fcntl(step->fd, F_SETFL, step->a);
	case FUZZ_SETFD:
		return fcntl(step->fd, F_SETFD, step->a & 1 ? FD_CLOEXEC : 0);
	case FUZZ_OWNER:
		return set_owner(step);
	case FUZZ_OPEN:
		return open_other(step->a);
	case FUZZ_EPOLL_CTL:
		return epoll_ctl(step->fd, step->a, step->b, &event);
	default:
		return wait_events(step->fd, result);
	}
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
		return make_file_call(step, result);
	}
}

static void set_limit(int limit)
{
	struct rlimit all;

	getrlimit(RLIMIT_NOFILE, &all);
	all.rlim_cur = (rlim_t)limit;
	setrlimit(RLIMIT_NOFILE, &all);
}

/* Nobody connects to a listening socket while its owner waits: one process, one thread. */
static bool would_wait(const struct fuzz_step *step)
{
	struct pollfd listener = {.fd = step->fd, .events = POLLIN};

	return step->kind == FUZZ_ACCEPT && poll(&listener, 1, 0) == 0 &&
	       !(fcntl(step->fd, F_GETFL) & O_NONBLOCK);
}

/*
 * Fails with ENOTCONN, but has the connection that comes after it closed as soon as it is made: one
 * with itself is over, by FIN, before anybody could undo it, and undoing what SHUT_RD did has the
 * kernel forget that. No known program does this.
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
