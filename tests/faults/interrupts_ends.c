/* SPDX-License-Identifier: MIT */
/* Cancellation and death in front of a system call of a repair. */
#include "interrupts.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include "seam.h"
#include "stage.h"

/* The thread says that it has come to the call, and waits until it is cancelled; without a
 * cancellation point. */

static volatile int reached, cancelled;

static void wait_to_be_cancelled(void)
{
	__atomic_store_n(&reached, 1, __ATOMIC_SEQ_CST);
	while (!__atomic_load_n(&cancelled, __ATOMIC_SEQ_CST))
		sched_yield();
}

static void *call_in_a_thread(void *type)
{
	pthread_setcanceltype(*(int *)type, NULL);
	interrupts_call(interrupted_fd);
	for (;;)
		pthread_testcancel();
	return NULL;
}

static const char *cancel(unsigned nth, int type)
{
	int descriptors = stage_descriptors();
	pthread_t thread;
	void *result;

	reached = cancelled = 0;
	interrupts_begin(nth, wait_to_be_cancelled);
	stage_need(pthread_create(&thread, NULL, call_in_a_thread, &type) == 0, "a thread");
	while (!__atomic_load_n(&reached, __ATOMIC_SEQ_CST))
		sched_yield();
	pthread_cancel(thread);
	__atomic_store_n(&cancelled, 1, __ATOMIC_SEQ_CST);
	pthread_join(thread, &result);
	seam_end();
	if (result != PTHREAD_CANCELED)
		return "not cancelled";
	if (!interrupts_sound(interrupted_fd))
		return "the descriptor is not what it was";
	stage_reset(interrupted_fd);
	return interrupts_end(descriptors);
}

static const char *play_deferred(unsigned nth)
{
	return cancel(nth, PTHREAD_CANCEL_DEFERRED);
}

static const char *play_asynchronous(unsigned nth)
{
	return cancel(nth, PTHREAD_CANCEL_ASYNCHRONOUS);
}

static void die(void)
{
	kill(getpid(), SIGKILL);
}

/* Death, in a child; this process has a duplicate of the socket. */
static const char *play_kill(unsigned nth)
{
	int descriptors = stage_descriptors(), status, result;
	pid_t child;
	struct tcp_info info;
	socklen_t length = sizeof info;

	interrupts_begin(nth, die);
	child = fork();
	if (child == 0) {
		interrupts_call(interrupted_fd);
		_exit(0);
	}
	seam_end();
	if (waitpid(child, &status, 0) != child || !WIFSIGNALED(status))
		return "not killed";
	if (!interrupts_sound(interrupted_fd) ||
	    getsockopt(interrupted_fd, IPPROTO_TCP, TCP_INFO, &info, &length))
		return "the descriptor is not what it was";
	if (info.tcpi_state != TCP_CLOSE &&
	    !(info.tcpi_state == TCP_ESTABLISHED && is_self_connected(interrupted_fd)))
		return "neither unconnected nor connected to itself";
	if (info.tcpi_state == TCP_CLOSE) {
		result = stage_connect(interrupted_fd, stage_address(AF_INET, STAGE_CLOSED_PORT));
		if (stage_outcome(interrupted_fd, result, errno) != ECONNREFUSED)
			return "it cannot be used any more";
	}
	stage_reset(interrupted_fd);
	return interrupts_end(descriptors);
}

const struct interruption interruptions_that_end[] = {
	{"a deferred cancellation", NULL, play_deferred, false, false},
	{"a deferred cancellation of a call that had waited", NULL, play_deferred, false, true},
	{"an asynchronous cancellation of a call that had waited", NULL, play_asynchronous, false,
	 true},
	{"an asynchronous cancellation", NULL, play_asynchronous, false, false},
	{"SIGKILL, while another process has a duplicate", NULL, play_kill, false, false},
	{NULL, NULL, NULL, false, false},
};
