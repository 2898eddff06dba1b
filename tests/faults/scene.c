/* SPDX-License-Identifier: MIT */
/* One guarded call that connects to itself, and its result. */
#include "scene.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fake_clock.h"
#include "kernel_constants.h"
#include "prevent.h"
#include "report.h"
#include "seam.h"
#include "stage.h"

char scene_wrong[160];

/* No call here fails with this errno, so after a success it must be unchanged. */
enum { BEFORE = EXDEV };

/* What must be the same afterwards in every case. */
struct constant {
	int descriptor_flags, file_flags, domain, type, protocol, range;
	unsigned long long signal_mask;
};

/* The program itself sends no signals. */
static volatile sig_atomic_t signals;

static void count_signal(int signal)
{
	(void)signal;
	signals++;
}

static int caller, server, family, saved_stderr;
static ino_t inode;
static struct constant before;
static int descriptors, options_when_connected[STAGE_OPTIONS];
static long memory;
static time_t second;

static int option(int fd, int level, int name)
{
	socklen_t length = sizeof(int);
	int value = -1;

	getsockopt(fd, level, name, &value, &length);
	return value;
}

static struct constant constant_of(int fd)
{
	unsigned long long mask[2] = {0, 0};
	struct constant now;

	memset(&now, 0, sizeof now);
	syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, mask, _NSIG / 8);
	now.descriptor_flags = fcntl(fd, F_GETFD);
	now.file_flags = fcntl(fd, F_GETFL);
	now.domain = option(fd, SOL_SOCKET, SO_DOMAIN);
	now.type = option(fd, SOL_SOCKET, SO_TYPE);
	now.protocol = option(fd, SOL_SOCKET, SO_PROTOCOL);
	now.range = option(fd, IPPROTO_IP, IP_LOCAL_PORT_RANGE);
	now.signal_mask = mask[0];
	return now;
}

static ino_t inode_now(int fd)
{
	struct stat status;

	return fstat(fd, &status) ? 0 : status.st_ino;
}

static bool is_served(const struct scene *scene)
{
	return scene->kind == KIND_SERVED && !scene->refuses;
}

static void serve(void)
{
	if (server < 0)
		server = stage_listen(family, STAGE_PORT);
}

/* Reads the options of a dressed socket that was simply connected to the server. */
static void learn_options(const struct scene *scene)
{
	int listening = stage_listen(scene->family, STAGE_PORT),
	    fd = stage_socket(scene->family, false);

	stage_dress(fd, scene->family);
	stage_need(stage_connect(fd, stage_address(scene->family, STAGE_PORT)) == 0,
		   "a plain connection");
	stage_options(fd, options_when_connected);
	stage_reset(fd);
	close(listening);
}

void scene_open(const struct scene *scene)
{
	nsc_settings = (struct nsc_settings){
		.retries = scene->refuses ? 0 : 2, .method = scene->method, .log = scene->log};
	/* The environment overrides all that the file says, except for the log. */
	nsc_settings.given = (1 << NSC_SETTINGS) - 1;
	if (scene->log_in_file) {
		nsc_settings.given &= (uint8_t) ~(1 << NSC_SETTING_LOG);
		nsc_settings.log = NSC_LOG_OFF;
	}
	nsc_settings.give_up = scene->refuses ? NSC_GIVE_UP_REFUSE : NSC_GIVE_UP_RELENT;
	strcpy(nsc_log_path, STAGE_LOG);
	nsc_prevent_choose(&nsc_settings);
	if (scene->log == NSC_LOG_STDERR) {
		saved_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
		close(STDERR_FILENO);
		stage_need(stage_stderr(scene->broken) == STDERR_FILENO, "standard error");
		nsc_report_start();
	}
	if (scene->kind == KIND_SHARED)
		stage_share_port(scene->family);
	if (is_served(scene))
		learn_options(scene);
	signal(SIGPIPE, count_signal);
	signal(SIGXFSZ, count_signal);
	memory = 0;
}

static bool ports_are_free(const struct scene *scene)
{
	return (scene->kind == KIND_SHARED || stage_port_is_free(scene->family, STAGE_PORT)) &&
	       stage_port_is_free(scene->family, STAGE_OTHER_PORT);
}

const char *scene_close(const struct scene *scene)
{
	if (scene->log == NSC_LOG_STDERR) {
		dup2(saved_stderr, STDERR_FILENO);
		close(saved_stderr);
	}
	if (scene->kind == KIND_SHARED)
		stage_unshare_port();
	if (!stage_port_is_free(scene->family, STAGE_PORT))
		return "the port is not free";
	return stage_memory() == memory ? NULL : "memory is gone";
}

void scene_begin(const struct scene *scene)
{
	family = scene->family;
	server = -1;
	caller = stage_socket(family, scene->nonblocking);
	if (scene->kind == KIND_SERVED)
		stage_dress(caller, family);
	if (scene->kind == KIND_OWN)
		stage_bind_own(caller, family);
	inode = inode_now(caller);
	before = constant_of(caller);
	descriptors = stage_descriptors();
	if (!memory)
		memory = stage_memory();
	/* The shim reads the range again once a second. */
	fake_clock_set(++second);
	seam_begin();
	if (scene->kind == KIND_INTERRUPTED)
		seam_interrupt_first();
	if (is_served(scene))
		seam_before_again(serve);
	scene_wrong[0] = '\0';
	signals = 0;
}

static long make_call(const struct scene *scene)
{
	struct stage_address to = stage_address(family, STAGE_PORT);

	if (scene->kind == KIND_FASTOPEN)
		return sendto(caller, "x", 1, MSG_FASTOPEN, (struct sockaddr *)&to.address,
			      to.length);
	return connect(caller, (struct sockaddr *)&to.address, to.length);
}

static enum end wrong(const char *what, int error)
{
	snprintf(scene_wrong, sizeof scene_wrong, "%s%s%s", what, error ? ": " : "",
		 error ? errors_name(error) : "");
	return END_WRONG;
}

/* The error is the caller's if the failed call was the caller's own. */
static bool is_of_the_callers(const struct fault *fault, int error)
{
	return fault && strcmp(fault->call, "connect") == 0 && error == fault->error;
}

static enum end judge_connected(const struct scene *scene, bool replaced)
{
	int options[STAGE_OPTIONS];

	if (server < 0)
		return wrong("connected, but not to the server", 0);
	if (!is_served(scene))
		return wrong("connected to a server that is not there", 0);
	stage_options(caller, options);
	if (memcmp(options, options_when_connected, sizeof options) == 0)
		return replaced ? END_REPLACED : END_REWOUND;
	return replaced ? END_REPLACED_LESS : END_REWOUND_LESS;
}

static enum end judge(const struct scene *scene, const struct fault *fault, long result, int error)
{
	struct constant now = constant_of(caller);
	bool replaced = inode_now(caller) != inode;
	int final;

	if (memcmp(&now, &before, sizeof now))
		return wrong("the descriptor is not what it was, or the signal mask", 0);
	if (stage_descriptors() != descriptors + (server >= 0))
		return wrong("a descriptor is left, or lost", 0);
	if (signals)
		return wrong("a signal that the program would not have had", 0);
	if (result >= 0 && error != BEFORE)
		return wrong("a success that changes errno", error);
	if (result > (scene->kind == KIND_FASTOPEN))
		return wrong("an impossible result", 0);
	final = stage_outcome(caller, result, error);
	if (is_self_connected(caller)) {
		if (final)
			return wrong("connected to itself, but not so told", final);
		if (!fault && scene->kind != KIND_OWN)
			return wrong("connected to itself without a fault", 0);
		return scene->kind == KIND_OWN ? END_KEPT : END_LEFT;
	}
	if (result < 0 && is_of_the_callers(fault, error) && error != EINPROGRESS && error != EINTR)
		return END_HANDED_ON;
	if (final == 0)
		return judge_connected(scene, replaced);
	if (final != ECONNREFUSED)
		return wrong("an unexpected error", final);
	if (scene->kind == KIND_OWN)
		return END_REFUSED_OWN;
	if (is_served(scene))
		return server >= 0 ? wrong("refused by a server that is there", 0)
		       : replaced  ? END_REPLACED_SHUT
				   : END_REWOUND_SHUT;
	return replaced ? END_REPLACED : END_REWOUND;
}

/* A caller that gets an error may try again on the same socket. */
static bool can_be_used(void)
{
	int result = stage_connect(caller, stage_address(family, STAGE_CLOSED_PORT));

	return stage_outcome(caller, result, errno) == ECONNREFUSED;
}

enum end scene_play(const struct scene *scene, const struct fault *fault)
{
	enum end end;
	long result;
	int error;

	errno = BEFORE;
	result = make_call(scene);
	error = errno;
	seam_end();
	end = judge(scene, fault, result, error);
	if (end != END_WRONG && result < 0 && error != EINPROGRESS && error != EINTR &&
	    !can_be_used())
		end = wrong("the socket cannot be used any more", errno);
	stage_reset(caller);
	if (server >= 0)
		close(server);
	stage_drain_log();
	if (end != END_WRONG && stage_descriptors() != descriptors - 1)
		end = wrong("a descriptor is left", 0);
	if (end != END_WRONG && !ports_are_free(scene))
		end = wrong("a port is not free afterwards", 0);
	return end;
}
