/* SPDX-License-Identifier: MIT */
/*
 * Signals, cancellation and death before each system call of a repair. A run without them counts
 * the calls, so that none is left out.
 */
#include "interrupts.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fake_clock.h"
#include "prevent.h"
#include "seam.h"
#include "settings.h"
#include "stage.h"

enum { SHOWN = 5, MOST_DESCRIPTORS = 32 };

static time_t second;
static unsigned long long mask;

/* The kernel's mask. libc's sigset_t is longer, and libc leaves the rest of it unset. */
static unsigned long long signal_mask(void)
{
	unsigned long long words[2] = {0, 0};

	syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, words, _NSIG / 8);
	return words[0];
}

static int call(unsigned nth)
{
	int error;

	interrupts_reset();
	fake_clock_set(++second);
	seam_begin();
	seam_before(nth, interruption->before);
	if (interruption->waited)
		seam_interrupt_first();
	error = nth ? interruption->call() : interrupts_connect();
	seam_end();
	return error;
}

static const char *play(unsigned nth)
{
	int descriptors = stage_descriptors(), server;
	const char *wrong;

	server = stage_listen(AF_INET, INTERRUPTS_ELSEWHERE);
	interrupted_fd = stage_socket(AF_INET, false);
	wrong = interruption->judge(nth, call(nth));
	if (!wrong && signal_mask() != mask)
		wrong = "the mask is not what it was";
	stage_reset(interrupted_fd);
	close(server);
	if (!wrong && stage_descriptors() != descriptors)
		wrong = "a descriptor is left";
	if (!wrong && !(stage_port_is_free(AF_INET, STAGE_PORT) &&
			stage_port_is_free(AF_INET, STAGE_OTHER_PORT)))
		wrong = "a port is not free";
	return wrong;
}

static bool play_all(unsigned calls)
{
	int first_free = fcntl(STDERR_FILENO, F_DUPFD, 0);
	unsigned bad = 0;

	close(first_free);
	signal(SIGUSR1, interruption->handler ? interruption->handler : SIG_DFL);
	/* The seam itself interrupts the first call's wait. */
	for (unsigned nth = interruption->waited ? 2 : 1; nth <= calls; nth++) {
		const char *wrong = play(nth);

		if (wrong && bad++ < SHOWN)
			printf("# call %u, %s, %s: %s\n", nth, phase_names[seam_call(nth)->phase],
			       seam_call(nth)->detail, wrong);
		/* Descriptors that one case leaves open would disturb the others. */
		for (int left = first_free; wrong && left < MOST_DESCRIPTORS; left++)
			close(left);
	}
	return bad == 0 && calls > 10;
}

int main(void)
{
	static const char ways[][8] = {[NSC_METHOD_AUTO] = "auto",
				       [NSC_METHOD_REPLACE] = "replace",
				       [NSC_METHOD_REWIND] = "rewind",
				       [NSC_METHOD_PREVENT] = "prevent"};
	const unsigned methods = sizeof ways / sizeof *ways;
	unsigned tests = 0;

	if (!stage_make()) {
		puts("1..0 # SKIP a network and mounts of its own cannot be had here");
		return getenv("NSC_NO_SKIP") ? 1 : 0;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	mask = signal_mask();
	seam_install();
	for (unsigned i = 0; i < interruption_count * methods; i++) {
		unsigned calls;

		interruption = &interruptions[i / methods];
		nsc_settings.given = (1 << NSC_SETTINGS) - 1; /* the file sets nothing */
		nsc_settings.method = (enum nsc_method)(i % methods);
		nsc_prevent_choose(&nsc_settings);
		/* Prevention leaves no call that could have waited for a self-connection. */
		if (nsc_settings.method == NSC_METHOD_AUTO      ? !interruption->alone
		    : nsc_settings.method == NSC_METHOD_PREVENT ? interruption->waited
								: false)
			continue;
		interrupted_fd = stage_socket(AF_INET, false);
		stage_need(call(0) == (interruption->waited ? EINTR : ECONNREFUSED), "a repair");
		close(interrupted_fd);
		calls = seam_count();
		printf("%sok %u - %s, %s before each of %u calls\n", play_all(calls) ? "" : "not ",
		       ++tests, ways[nsc_settings.method], interruption->name, calls);
	}
	printf("1..%u\n", tests);
	return 0;
}
