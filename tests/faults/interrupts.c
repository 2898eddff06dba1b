/* SPDX-License-Identifier: MIT */
/*
 * Signals, cancellation and death in front of each system call of a repair. The calls are counted in a clean run, so that
 * none is left out.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake_clock.h"
#include "seam.h"
#include "settings.h"
#include "stage.h"

enum { SHOWN = 5, MOST_DESCRIPTORS = 32, ELSEWHERE = 30000 };

/* How a case is played, and what is left of the descriptor that was given to it. */
struct interruption {
	const char *name;
	void (*handler)(int);             /* of SIGUSR1, which is raised in front of the call; NULL for none */
	const char *(*play)(unsigned nth); /* NULL, or what is wrong */
	bool alone;                        /* in a process of one thread that is no fork: others are rewound by auto */
	bool waits;                        /* its wait is over before its connection is made (EINTR), and it is not to wait again */
};

static const struct fault ended_wait = {.call = "connect", .name = "EINTR", .error = EINTR, .takes_effect = true};
static const struct interruption *now;
static int caller, children_end[2];
static volatile sig_atomic_t handled, held_off, result_in_handler;
static sigjmp_buf out;
static time_t second;
static pid_t child;

static struct stage_address itself(void)
{
	return stage_address(AF_INET, STAGE_PORT);
}

static int call(int fd)
{
	struct stage_address to = itself();

	return connect(fd, (struct sockaddr *)&to.address, to.length);
}

static unsigned long long signal_mask(void)
{
	unsigned long long mask = 0;
	sigset_t set;

	pthread_sigmask(SIG_BLOCK, NULL, &set);
	for (int signal = 1; signal < 64; signal++)
		mask |= (unsigned long long)(sigismember(&set, signal) == 1) << signal;
	return mask;
}

/* The handlers. */

static void return_only(int signal)
{
	(void)signal;
	handled++;
}

static void jump_out(int signal)
{
	handled++;
	siglongjmp(out, signal);
}

/* By RST: a self-connection that nobody has looked at yet would leave a TIME_WAIT, as without the shim. */
static void close_it(int signal)
{
	(void)signal;
	handled++;
	setsockopt(caller, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
	close(caller);
}

/* Another connection, on the same number: nothing of the call may touch that. */
static void put_another_there(int signal)
{
	int fd = stage_socket(AF_INET, false);

	stage_need(stage_connect(fd, stage_address(AF_INET, ELSEWHERE)) == 0, "another connection");
	close_it(signal);
	stage_need(dup3(fd, caller, O_CLOEXEC) == caller && close(fd) == 0, "another connection there");
}

/* A connection of the handler's own, which finds itself as well. */
static void connect_another(int signal)
{
	int before = errno, fd = stage_socket(AF_INET, false);

	(void)signal;
	handled++;
	result_in_handler = call(fd) == 0 ? 0 : errno;
	close(fd);
	errno = before;
}

/* A child that lives until the call is over, with all that is open now. */
static void fork_one(int signal)
{
	char byte;

	(void)signal;
	handled++;
	child = fork();
	if (child)
		return;
	close(children_end[1]);
	_exit(read(children_end[0], &byte, 1) != 0);
}

/* In front of the call. */

static void raise_it(void)
{
	raise(SIGUSR1);
	held_off = handled == 0;
}

static void die(void)
{
	kill(getpid(), SIGKILL);
}

static bool is_between(unsigned nth, enum phase first, enum phase last)
{
	const struct seam_call *at = seam_call(nth);

	return at->phase >= first && at->phase <= last;
}

static void begin(unsigned nth, void (*before)(void))
{
	caller = stage_socket(AF_INET, false);
	handled = held_off = 0;
	child = 0;
	fake_clock_set(++second);
	seam_begin();
	seam_before(nth, before);
	if (now->waits)
		seam_first(&ended_wait);
}

/* After it, with the descriptor closed: nothing is left. */
static const char *end(int descriptors)
{
	if (stage_descriptors() != descriptors)
		return "a descriptor is left";
	if (!stage_port_is_free(AF_INET, STAGE_OTHER_PORT))
		return "the other port is not free";
	return stage_port_is_free(AF_INET, STAGE_PORT) ? NULL : "the port is not free";
}

static bool is_sound(int fd)
{
	int type = 0;
	socklen_t length = sizeof type;

	return fcntl(fd, F_GETFD) == FD_CLOEXEC && (fcntl(fd, F_GETFL) & ~O_LARGEFILE) == O_RDWR &&
	       getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_STREAM;
}

static const char *play_signal(unsigned nth)
{
	unsigned long long mask = signal_mask();
	int descriptors = stage_descriptors(), result, error;
	bool held;

	begin(nth, raise_it);
	result = call(caller);
	error = errno;
	seam_end();
	held = is_between(nth, PHASE_SALVAGE, PHASE_RESTORE);
	if (handled != 1)
		return handled ? "delivered more than once" : "lost";
	if (held != held_off && seam_call(nth)->phase != PHASE_RANGE && seam_call(nth)->phase != PHASE_SIGNALS &&
	    strcmp(seam_call(nth)->name, "close"))
		return held ? "delivered in the middle of a repair" : "held off outside of a repair";
	if (signal_mask() != mask || !is_sound(caller))
		return "the mask or the descriptor is not what it was";
	if (result != -1 || error != ECONNREFUSED || stage_is_self_connected(caller))
		return "not refused";
	close(caller);
	return end(descriptors);
}

/* Nothing may be done to a descriptor that the program has closed, nor is it to come back. */
static const char *play_close(unsigned nth)
{
	int descriptors = stage_descriptors(), result, error;

	begin(nth, raise_it);
	result = call(caller);
	error = errno;
	seam_end();
	if (handled != 1)
		return "not delivered once";
	if (fcntl(caller, F_GETFD) != -1)
		return "the descriptor is there again";
	if (result == -1 && error != EBADF && error != ECONNREFUSED)
		return errors_name(error);
	return end(descriptors);
}

static const char *play_another(unsigned nth)
{
	int descriptors = stage_descriptors(), server = stage_listen(AF_INET, ELSEWHERE), result, error;
	struct sockaddr_in peer = {.sin_port = 0};
	socklen_t length = sizeof peer;
	const char *wrong = NULL;

	begin(nth, raise_it);
	result = call(caller);
	error = errno;
	seam_end();
	if (getpeername(caller, (struct sockaddr *)&peer, &length) || ntohs(peer.sin_port) != ELSEWHERE)
		wrong = "the other connection is gone";
	if (result == -1 && error != EISCONN && error != ECONNREFUSED)
		wrong = errors_name(error);
	stage_reset(caller);
	close(server);
	return wrong ? wrong : end(descriptors);
}

static const char *play_jump(unsigned nth)
{
	volatile unsigned long long mask = signal_mask();
	volatile int descriptors = stage_descriptors();
	volatile bool jumped = true;

	begin(nth, raise_it);
	if (sigsetjmp(out, 1) == 0) {
		call(caller);
		jumped = false;
	}
	seam_end();
	if (!jumped || handled != 1)
		return "not left";
	if (signal_mask() != mask || !is_sound(caller))
		return "the mask or the descriptor is not what it was";
	stage_reset(caller);
	return end(descriptors);
}

static const char *play_nested(unsigned nth)
{
	const char *wrong;

	result_in_handler = -1;
	wrong = play_signal(nth);
	return wrong || result_in_handler == ECONNREFUSED ? wrong : "the handler's own call was not refused";
}

/* What the child has of it, at most, is a holder: a server gets in beside that. */
static const char *play_fork(unsigned nth)
{
	int descriptors = stage_descriptors(), server, status;
	const char *wrong = NULL;

	stage_need(pipe(children_end) == 0, "pipe");
	begin(nth, raise_it);
	if (call(caller) != -1 || errno != ECONNREFUSED)
		wrong = "not refused";
	seam_end();
	stage_reset(caller);
	server = stage_listen(AF_INET, STAGE_PORT);
	if (server < 0)
		wrong = "a server cannot have the port beside the child";
	else
		close(server);
	close(children_end[0]);
	close(children_end[1]);
	if (child <= 0 || waitpid(child, &status, 0) != child || status)
		wrong = "no child";
	return wrong ? wrong : end(descriptors);
}

/* Cancellation. The thread says that it has come to the call, and waits until it is cancelled; without a cancellation point. */

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
	call(caller);
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
	begin(nth, wait_to_be_cancelled);
	stage_need(pthread_create(&thread, NULL, call_in_a_thread, &type) == 0, "a thread");
	while (!__atomic_load_n(&reached, __ATOMIC_SEQ_CST))
		sched_yield();
	pthread_cancel(thread);
	__atomic_store_n(&cancelled, 1, __ATOMIC_SEQ_CST);
	pthread_join(thread, &result);
	seam_end();
	if (result != PTHREAD_CANCELED)
		return "not cancelled";
	if (!is_sound(caller))
		return "the descriptor is not what it was";
	stage_reset(caller);
	return end(descriptors);
}

static const char *play_deferred(unsigned nth)
{
	return cancel(nth, PTHREAD_CANCEL_DEFERRED);
}

static const char *play_asynchronous(unsigned nth)
{
	return cancel(nth, PTHREAD_CANCEL_ASYNCHRONOUS);
}

/* Death, in a child; this process has a duplicate of the socket. */
static const char *play_kill(unsigned nth)
{
	int descriptors = stage_descriptors(), status, result;
	struct tcp_info info;
	socklen_t length = sizeof info;

	begin(nth, die);
	child = fork();
	if (child == 0) {
		call(caller);
		_exit(0);
	}
	seam_end();
	if (waitpid(child, &status, 0) != child || !WIFSIGNALED(status))
		return "not killed";
	if (!is_sound(caller) || getsockopt(caller, IPPROTO_TCP, TCP_INFO, &info, &length))
		return "the descriptor is not what it was";
	if (info.tcpi_state != TCP_CLOSE && !(info.tcpi_state == TCP_ESTABLISHED && stage_is_self_connected(caller)))
		return "neither unconnected nor connected to itself";
	if (info.tcpi_state == TCP_CLOSE) {
		result = stage_connect(caller, stage_address(AF_INET, STAGE_CLOSED_PORT));
		if (stage_outcome(caller, result, errno) != ECONNREFUSED)
			return "it cannot be used any more";
	}
	stage_reset(caller);
	return end(descriptors);
}

static const struct interruption interruptions[] = {
	{"a signal", return_only, play_signal, true, false},
	{"a handler that jumps out", jump_out, play_jump, true, false},
	{"a handler that jumps out of a call that had waited", jump_out, play_jump, true, true},
	{"a handler that closes the descriptor", close_it, play_close, true, false},
	{"a handler that puts another connection there", put_another_there, play_another, true, false},
	{"a handler that connects as well", connect_another, play_nested, true, false},
	{"a handler that forks", fork_one, play_fork, true, false},
	{"a deferred cancellation", NULL, play_deferred, false, false},
	{"a deferred cancellation of a call that had waited", NULL, play_deferred, false, true},
	{"an asynchronous cancellation of a call that had waited", NULL, play_asynchronous, false, true},
	{"an asynchronous cancellation", NULL, play_asynchronous, false, false},
	{"SIGKILL, while another process has a duplicate", NULL, play_kill, false, false},
};

static unsigned count_calls(void)
{
	begin(0, NULL);
	stage_need(call(caller) == -1 && errno == (now->waits ? EINTR : ECONNREFUSED), "a repair");
	seam_end();
	close(caller);
	return seam_count();
}

static bool play_all(unsigned calls)
{
	struct sigaction action = {.sa_handler = now->handler ? now->handler : SIG_DFL};
	int first_free = fcntl(STDERR_FILENO, F_DUPFD, 0);
	unsigned bad = 0;

	close(first_free);
	sigaction(SIGUSR1, &action, NULL);
	/* That the first call does not wait is the seam's doing, which is not to be interrupted in that. */
	for (unsigned nth = now->waits ? 2 : 1; nth <= calls; nth++) {
		const char *wrong = now->play(nth);

		if (wrong && bad++ < SHOWN)
			printf("# call %u, %s, %s: %s\n", nth, phase_names[seam_call(nth)->phase], seam_call(nth)->detail,
			       wrong);
		/* What is left of one case would be in the way of the others. */
		for (int fd = first_free; wrong && fd < MOST_DESCRIPTORS; fd++)
			close(fd);
	}
	return bad == 0 && calls > 20;
}

int main(void)
{
	static const char ways[][8] = {[NSC_METHOD_AUTO] = "auto", [NSC_METHOD_REPLACE] = "replace",
	                               [NSC_METHOD_REWIND] = "rewind"};
	unsigned tests = 0;

	if (!stage_make()) {
		puts("1..0 # SKIP a network and mounts of its own cannot be had here");
		return getenv("NSC_NO_SKIP") ? 1 : 0;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	seam_install();
	for (enum nsc_method way = NSC_METHOD_AUTO; way <= NSC_METHOD_REWIND; way++)
		for (size_t i = 0; i < sizeof interruptions / sizeof *interruptions; i++) {
			unsigned calls;

			if (way == NSC_METHOD_AUTO && !interruptions[i].alone)
				continue;
			nsc_settings.method = way;
			now = &interruptions[i];
			calls = count_calls();
			printf("%sok %u - %s, %s in front of each of %u calls\n", play_all(calls) ? "" : "not ",
			       ++tests, ways[way], now->name, calls);
		}
	printf("1..%u\n", tests);
	return 0;
}
