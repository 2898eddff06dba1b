/* SPDX-License-Identifier: MIT */
/*
 * Signals, cancellation and death in front of each system call of a repair. The calls are counted
 * in a clean run, so that none is left out.
 */
#include "interrupts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fake_clock.h"
#include "seam.h"
#include "settings.h"
#include "stage.h"

enum { SHOWN = 5, MOST_DESCRIPTORS = 32 };

static const struct fault ended_wait = {
	.call = "connect", .name = "EINTR", .error = EINTR, .takes_effect = true};

const struct interruption *interruption;
int interrupted_fd;
static time_t second;
static unsigned tests;

int interrupts_call(int fd)
{
	struct stage_address to = stage_address(AF_INET, STAGE_PORT);

	return connect(fd, (struct sockaddr *)&to.address, to.length);
}

void interrupts_begin(unsigned nth, void (*before)(void))
{
	interrupted_fd = stage_socket(AF_INET, false);
	fake_clock_set(++second);
	seam_begin();
	seam_before(nth, before);
	if (interruption->waits)
		seam_first(&ended_wait);
}

bool interrupts_sound(int fd)
{
	int type = 0;
	socklen_t length = sizeof type;

	return fcntl(fd, F_GETFD) == FD_CLOEXEC && (fcntl(fd, F_GETFL) & ~O_LARGEFILE) == O_RDWR &&
	       getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_STREAM;
}

const char *interrupts_end(int descriptors)
{
	if (stage_descriptors() != descriptors)
		return "a descriptor is left";
	if (!stage_port_is_free(AF_INET, STAGE_OTHER_PORT))
		return "the other port is not free";
	return stage_port_is_free(AF_INET, STAGE_PORT) ? NULL : "the port is not free";
}

static unsigned count_calls(void)
{
	interrupts_begin(0, NULL);
	stage_need(interrupts_call(interrupted_fd) == -1 &&
			   errno == (interruption->waits ? EINTR : ECONNREFUSED),
		   "a repair");
	seam_end();
	close(interrupted_fd);
	return seam_count();
}

static bool play_all(unsigned calls)
{
	struct sigaction action = {.sa_handler =
					   interruption->handler ? interruption->handler : SIG_DFL};
	int first_free = fcntl(STDERR_FILENO, F_DUPFD, 0);
	unsigned bad = 0;

	close(first_free);
	sigaction(SIGUSR1, &action, NULL);
	/* That the first call does not wait is the seam's doing, which is not to be interrupted in
	 * that. */
	for (unsigned nth = interruption->waits ? 2 : 1; nth <= calls; nth++) {
		const char *wrong = interruption->play(nth);

		if (wrong && bad++ < SHOWN)
			printf("# call %u, %s, %s: %s\n", nth, phase_names[seam_call(nth)->phase],
			       seam_call(nth)->detail, wrong);
		/* What is left of one case would be in the way of the others. */
		for (int fd = first_free; wrong && fd < MOST_DESCRIPTORS; fd++)
			close(fd);
	}
	return bad == 0 && calls > 20;
}

static void play_list(enum nsc_method way, const struct interruption *list)
{
	static const char ways[][8] = {[NSC_METHOD_AUTO] = "auto",
				       [NSC_METHOD_REPLACE] = "replace",
				       [NSC_METHOD_REWIND] = "rewind"};

	for (interruption = list; interruption->name; interruption++) {
		unsigned calls;

		if (way == NSC_METHOD_AUTO && !interruption->alone)
			continue;
		nsc_settings.method = way;
		calls = count_calls();
		printf("%sok %u - %s, %s in front of each of %u calls\n",
		       play_all(calls) ? "" : "not ", ++tests, ways[way], interruption->name,
		       calls);
	}
}

int main(void)
{
	if (!stage_make()) {
		puts("1..0 # SKIP a network and mounts of its own cannot be had here");
		return getenv("NSC_NO_SKIP") ? 1 : 0;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	seam_install();
	for (enum nsc_method way = NSC_METHOD_AUTO; way <= NSC_METHOD_REWIND; way++) {
		play_list(way, interruptions_by_signal);
		play_list(way, interruptions_that_end);
	}
	printf("1..%u\n", tests);
	return 0;
}
