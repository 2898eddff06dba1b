/* SPDX-License-Identifier: MIT */
/* A signal in front of a system call of a repair, and what its handler may do. */
#include "interrupts.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "errors.h"
#include "seam.h"
#include "stage.h"

enum { ELSEWHERE = 30000 };

static int children_end[2];
static volatile sig_atomic_t handled, held_off, result_in_handler;
static sigjmp_buf out;
static pid_t child;

static unsigned long long signal_mask(void)
{
	unsigned long long mask = 0;
	sigset_t set;

	pthread_sigmask(SIG_BLOCK, NULL, &set);
	for (int signal = 1; signal <= 64; signal++)
		mask |= (unsigned long long)(sigismember(&set, signal) == 1) << (signal - 1);
	return mask;
}

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

/* By RST: a self-connection that nobody has looked at yet would leave a TIME_WAIT, as without the
 * shim. */
static void close_it(int signal)
{
	(void)signal;
	handled++;
	setsockopt(interrupted_fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0},
		   sizeof(struct linger));
	close(interrupted_fd);
}

/* Another connection, on the same number: nothing of the call may touch that. */
static void put_another_there(int signal)
{
	int fd = stage_socket(AF_INET, false);

	stage_need(stage_connect(fd, stage_address(AF_INET, ELSEWHERE)) == 0, "another connection");
	close_it(signal);
	stage_need(dup3(fd, interrupted_fd, O_CLOEXEC) == interrupted_fd && close(fd) == 0,
		   "another connection there");
}

/* A connection of the handler's own, which finds itself as well. */
static void connect_another(int signal)
{
	int before = errno, fd = stage_socket(AF_INET, false);

	(void)signal;
	handled++;
	result_in_handler = interrupts_call(fd) == 0 ? 0 : errno;
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

/* Where it is held off the handler has not run yet. */
static void raise_it(void)
{
	raise(SIGUSR1);
	held_off = handled == 0;
}

static bool is_between(unsigned nth, enum phase first, enum phase last)
{
	const struct seam_call *at = seam_call(nth);

	return at->phase >= first && at->phase <= last;
}

static void begin(unsigned nth)
{
	handled = held_off = 0;
	child = 0;
	interrupts_begin(nth, raise_it);
}

static const char *play_signal(unsigned nth)
{
	unsigned long long mask = signal_mask();
	int descriptors = stage_descriptors(), result, error;
	bool held;

	begin(nth);
	result = interrupts_call(interrupted_fd);
	error = errno;
	seam_end();
	held = is_between(nth, PHASE_SALVAGE, PHASE_RESTORE);
	if (handled != 1)
		return handled ? "delivered more than once" : "lost";
	if (held != held_off && seam_call(nth)->phase != PHASE_RANGE &&
	    seam_call(nth)->phase != PHASE_SIGNALS && strcmp(seam_call(nth)->name, "close"))
		return held ? "delivered in the middle of a repair"
			    : "held off outside of a repair";
	if (signal_mask() != mask || !interrupts_sound(interrupted_fd))
		return "the mask or the descriptor is not what it was";
	if (result != -1 || error != ECONNREFUSED || is_self_connected(interrupted_fd))
		return "not refused";
	close(interrupted_fd);
	return interrupts_end(descriptors);
}

/* Nothing may be done to a descriptor that the program has closed, nor is it to come back. */
static const char *play_close(unsigned nth)
{
	int descriptors = stage_descriptors(), result, error;

	begin(nth);
	result = interrupts_call(interrupted_fd);
	error = errno;
	seam_end();
	if (handled != 1)
		return "not delivered once";
	if (fcntl(interrupted_fd, F_GETFD) != -1)
		return "the descriptor is there again";
	if (result == -1 && error != EBADF && error != ECONNREFUSED)
		return errors_name(error);
	return interrupts_end(descriptors);
}

static const char *play_another(unsigned nth)
{
	int descriptors = stage_descriptors(), server = stage_listen(AF_INET, ELSEWHERE), result,
	    error;
	struct sockaddr_in peer = {.sin_port = 0};
	socklen_t length = sizeof peer;
	const char *wrong = NULL;

	begin(nth);
	result = interrupts_call(interrupted_fd);
	error = errno;
	seam_end();
	if (getpeername(interrupted_fd, (struct sockaddr *)&peer, &length) ||
	    ntohs(peer.sin_port) != ELSEWHERE)
		wrong = "the other connection is gone";
	if (result == -1 && error != EISCONN && error != ECONNREFUSED)
		wrong = errors_name(error);
	stage_reset(interrupted_fd);
	close(server);
	return wrong ? wrong : interrupts_end(descriptors);
}

static const char *play_jump(unsigned nth)
{
	volatile unsigned long long mask = signal_mask();
	volatile int descriptors = stage_descriptors();
	volatile bool jumped = true;

	begin(nth);
	if (sigsetjmp(out, 1) == 0) {
		interrupts_call(interrupted_fd);
		jumped = false;
	}
	seam_end();
	if (!jumped || handled != 1)
		return "not left";
	if (signal_mask() != mask || !interrupts_sound(interrupted_fd))
		return "the mask or the descriptor is not what it was";
	stage_reset(interrupted_fd);
	return interrupts_end(descriptors);
}

static const char *play_nested(unsigned nth)
{
	const char *wrong;

	result_in_handler = -1;
	wrong = play_signal(nth);
	return wrong || result_in_handler == ECONNREFUSED
		       ? wrong
		       : "the handler's own call was not refused";
}

/* What the child has of it, at most, is a holder: a server gets in beside that. */
static const char *play_fork(unsigned nth)
{
	int descriptors = stage_descriptors(), server, status;
	const char *wrong = NULL;

	stage_need(pipe(children_end) == 0, "pipe");
	begin(nth);
	if (interrupts_call(interrupted_fd) != -1 || errno != ECONNREFUSED)
		wrong = "not refused";
	seam_end();
	stage_reset(interrupted_fd);
	server = stage_listen(AF_INET, STAGE_PORT);
	if (server < 0)
		wrong = "a server cannot have the port beside the child";
	else
		close(server);
	close(children_end[0]);
	close(children_end[1]);
	if (child <= 0 || waitpid(child, &status, 0) != child || status)
		wrong = "no child";
	return wrong ? wrong : interrupts_end(descriptors);
}

const struct interruption interruptions_by_signal[] = {
	{"a signal", return_only, play_signal, true, false},
	{"a handler that jumps out", jump_out, play_jump, true, false},
	{"a handler that jumps out of a call that had waited", jump_out, play_jump, true, true},
	{"a handler that closes the descriptor", close_it, play_close, true, false},
	{"a handler that puts another connection there", put_another_there, play_another, true,
	 false},
	{"a handler that connects as well", connect_another, play_nested, true, false},
	{"a handler that forks", fork_one, play_fork, true, false},
	{NULL, NULL, NULL, false, false},
};
