/* SPDX-License-Identifier: MIT */
/* Interruptions before a system call of a repair, and what must hold afterwards. */
#include "interrupts.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel_constants.h"
#include "seam.h"
#include "stage.h"

const struct interruption *interruption;
int interrupted_fd;

static int children_end[2];
static volatile sig_atomic_t handled, held_off, error_in_handler;
static volatile int reached, cancelled;
static sigjmp_buf out;
static pid_t child;

static int connect_itself(int socket)
{
	struct stage_address to = stage_address(AF_INET, STAGE_PORT);

	return connect(socket, (struct sockaddr *)&to.address, to.length) ? errno : 0;
}

static void reset_on_close(int socket)
{
	setsockopt(socket, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
}

/* A blocked signal has not been handled when raise() returns. */
static void raise_it(void)
{
	raise(SIGUSR1);
	held_off = handled == 0;
}

static void count_it(int signal)
{
	(void)signal;
	handled++;
}

static void jump_out(int signal)
{
	handled++;
	siglongjmp(out, signal);
}

/* Close with an RST: a self-connection that the shim has not seen yet would leave a TIME_WAIT. */
static void close_it(int signal)
{
	count_it(signal);
	reset_on_close(interrupted_fd);
	close(interrupted_fd);
}

static void put_another_there(int signal)
{
	int other = stage_socket(AF_INET, false);

	stage_need(stage_connect(other, stage_address(AF_INET, INTERRUPTS_ELSEWHERE)) == 0,
		   "a connection");
	close_it(signal);
	stage_need(dup3(other, interrupted_fd, O_CLOEXEC) == interrupted_fd && close(other) == 0,
		   "a connection there");
}

static void connect_another(int signal)
{
	int before = errno, other = stage_socket(AF_INET, false);

	count_it(signal);
	error_in_handler = connect_itself(other);
	close(other);
	errno = before;
}

/* The child lives until the call has ended and keeps every descriptor that is open now. */
static void fork_one(int signal)
{
	char byte;

	count_it(signal);
	stage_need(pipe(children_end) == 0, "a pipe");
	child = fork();
	if (child)
		return;
	close(children_end[1]);
	_exit(read(children_end[0], &byte, 1) != 0);
}

static void wait_to_be_cancelled(void)
{
	__atomic_store_n(&reached, 1, __ATOMIC_SEQ_CST);
	while (!__atomic_load_n(&cancelled, __ATOMIC_SEQ_CST))
		sched_yield();
}

static void die(void)
{
	kill(getpid(), SIGKILL);
}

int interrupts_connect(void)
{
	return connect_itself(interrupted_fd);
}

static int call_and_jump(void)
{
	return sigsetjmp(out, 1) ? ECANCELED : interrupts_connect();
}

static void *call_in_thread(void *type)
{
	pthread_setcanceltype(*(int *)type, NULL);
	interrupts_connect();
	for (;;)
		pthread_testcancel();
	return NULL;
}

static int call_cancelled(int type)
{
	pthread_t thread;
	void *result;

	reached = cancelled = 0;
	stage_need(pthread_create(&thread, NULL, call_in_thread, &type) == 0, "a thread");
	while (!__atomic_load_n(&reached, __ATOMIC_SEQ_CST))
		sched_yield();
	pthread_cancel(thread);
	__atomic_store_n(&cancelled, 1, __ATOMIC_SEQ_CST);
	pthread_join(thread, &result);
	return result == PTHREAD_CANCELED ? ECANCELED : 0;
}

static int call_deferred(void)
{
	return call_cancelled(PTHREAD_CANCEL_DEFERRED);
}

static int call_asynchronous(void)
{
	return call_cancelled(PTHREAD_CANCEL_ASYNCHRONOUS);
}

/* This process has a duplicate of the socket. */
static int call_in_child(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(interrupts_connect());
	return waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) ? ECANCELED : 0;
}

static bool is_sound(void)
{
	int type = 0, range = 0;
	socklen_t length = sizeof type, size = sizeof range;

	getsockopt(interrupted_fd, IPPROTO_IP, IP_LOCAL_PORT_RANGE, &range, &size);
	return fcntl(interrupted_fd, F_GETFD) == FD_CLOEXEC &&
	       (fcntl(interrupted_fd, F_GETFL) & ~O_LARGEFILE) == O_RDWR &&
	       getsockopt(interrupted_fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 &&
	       type == SOCK_STREAM && range == 0;
}

/* Near the range's read, rt_sigprocmask(2) and close(2), the signal may be handled or blocked. */
static const char *judge_delivery(unsigned nth)
{
	const struct seam_call *at = seam_call(nth);
	bool repairing = at->phase >= PHASE_SETTINGS && at->phase <= PHASE_REPAIR;

	if (handled != 1)
		return handled ? "delivered more than once" : "lost";
	if (repairing == held_off || at->phase == PHASE_RANGE || at->phase == PHASE_SIGNALS ||
	    strcmp(at->name, "close") == 0)
		return NULL;
	return repairing ? "delivered in the middle of a repair" : "held off outside of a repair";
}

static const char *judge_refused(unsigned nth, int error)
{
	const char *wrong = judge_delivery(nth);

	if (!wrong && (error != ECONNREFUSED || is_self_connected(interrupted_fd) ||
		       error_in_handler != ECONNREFUSED))
		wrong = "not refused, or the handler's own call";
	return wrong || is_sound() ? wrong : "the descriptor is not what it was";
}

static const char *judge_left(unsigned nth, int error)
{
	(void)nth;
	if (error != ECANCELED || (interruption->handler && handled != 1))
		return "the call was not left";
	return is_sound() ? NULL : "the descriptor is not what it was";
}

static const char *judge_closed(unsigned nth, int error)
{
	(void)nth;
	if (handled != 1 || fcntl(interrupted_fd, F_GETFD) != -1)
		return "not delivered once, or the descriptor is there again";
	return !error || error == EBADF || error == ECONNREFUSED ? NULL : errors_name(error);
}

static const char *judge_another(unsigned nth, int error)
{
	struct sockaddr_in peer = {.sin_port = 0};
	socklen_t length = sizeof peer;

	(void)nth;
	if (getpeername(interrupted_fd, (struct sockaddr *)&peer, &length) ||
	    ntohs(peer.sin_port) != INTERRUPTS_ELSEWHERE)
		return "the other connection is gone";
	return !error || error == EISCONN || error == ECONNREFUSED ? NULL : errors_name(error);
}

/* A server must be able to bind the port beside a holder that the child may have. */
static const char *judge_forked(unsigned nth, int error)
{
	const char *wrong = judge_refused(nth, error);
	int beside, status;

	reset_on_close(interrupted_fd);
	close(interrupted_fd);
	beside = stage_listen(AF_INET, STAGE_PORT);
	if (beside < 0)
		wrong = "a server cannot have the port beside the child";
	close(beside);
	close(children_end[0]);
	close(children_end[1]);
	return child > 0 && waitpid(child, &status, 0) == child && !status ? wrong : "no child";
}

/* The range that prevent.c sets for the call stays, and so may O_NONBLOCK: doc/FAULTS.md. */
static const char *judge_killed(unsigned nth, int error)
{
	struct tcp_info info;
	socklen_t length = sizeof info;
	int result;

	(void)nth;
	if (error != ECANCELED || getsockopt(interrupted_fd, IPPROTO_TCP, TCP_INFO, &info, &length))
		return "not killed, or no TCP socket";
	if (info.tcpi_state == TCP_ESTABLISHED && is_self_connected(interrupted_fd))
		return NULL;
	result = stage_connect(interrupted_fd, stage_address(AF_INET, STAGE_CLOSED_PORT));
	return stage_outcome(interrupted_fd, result, errno) == ECONNREFUSED ? NULL
									    : "it cannot be used";
}

const struct interruption interruptions[] = {
	{"a signal", raise_it, count_it, interrupts_connect, judge_refused, true, false},
	{"a handler that jumps out", raise_it, jump_out, call_and_jump, judge_left, true, false},
	{"a handler that jumps out of a call that had waited", raise_it, jump_out, call_and_jump,
	 judge_left, true, true},
	{"a handler that closes the descriptor", raise_it, close_it, interrupts_connect,
	 judge_closed, true, false},
	{"a handler that puts another connection there", raise_it, put_another_there,
	 interrupts_connect, judge_another, true, false},
	{"a handler that connects as well", raise_it, connect_another, interrupts_connect,
	 judge_refused, true, false},
	{"a handler that forks", raise_it, fork_one, interrupts_connect, judge_forked, true, false},
	{"a deferred cancellation", wait_to_be_cancelled, NULL, call_deferred, judge_left, false,
	 false},
	{"a deferred cancellation of a call that had waited", wait_to_be_cancelled, NULL,
	 call_deferred, judge_left, false, true},
	{"an asynchronous cancellation", wait_to_be_cancelled, NULL, call_asynchronous, judge_left,
	 false, false},
	{"an asynchronous cancellation of a call that had waited", wait_to_be_cancelled, NULL,
	 call_asynchronous, judge_left, false, true},
	{"SIGKILL, while another process has a duplicate", die, NULL, call_in_child, judge_killed,
	 false, false},
};

const unsigned interruption_count = sizeof interruptions / sizeof *interruptions;

void interrupts_reset(void)
{
	handled = held_off = child = 0;
	error_in_handler = ECONNREFUSED;
}
