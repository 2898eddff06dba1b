/* SPDX-License-Identifier: MIT */
/* Steps on descriptors rather than sockets: duplicates, flags, other files, epoll. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "call.h"
#include "settings.h"

/* The kernel rounds it to one tick, long enough for loopback, which is immediate. */
void fuzz_let_nothing_wait(int fd)
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
		fuzz_let_nothing_wait(pair[0]);
		fuzz_let_nothing_wait(pair[1]);
		return 0;
	}
}

static long close_by_reset(int fd)
{
	static const struct linger at_once = {1, 0};
	int before = errno;

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	errno = before;
	return close(fd);
}

/* The kernel does not promise an order of events. */
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
	/* Programs ignore both signals, F_SETSIG's and F_SETOWN's. */
	if (step->a & 1)
		return fcntl(step->fd, F_SETSIG, SIGURG);
	return fcntl(step->fd, F_SETOWN, getpid());
}

long fuzz_call_file(const struct fuzz_step *step, struct fuzz_result *result)
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
