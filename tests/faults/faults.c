/* SPDX-License-Identifier: MIT */
/*
 * Makes each system call of a guarded call fail with each possible error, against the real kernel.
 * A run without a fault counts the calls, so a new call is covered without a change here.
 *
 * usage: faults          prints TAP: each case must end in a way that is_allowed() names
 *        faults --table  prints each case and its end; scripts/faults makes a table of that
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "scene.h"
#include "seam.h"
#include "stage.h"

enum { CALLS = 4096, ERRORS = 600, SHOWN = 10 };
static struct seam_call clean[CALLS];
static unsigned clean_count, cases, bad, tests;
static enum end clean_end;
static bool given[ERRORS], prints_table;
static const struct scene *scene;
static const char *way_name;

static const char *const end_names[ENDS] = {
	[END_REPLACED] = "replaced",
	[END_REWOUND] = "rewound",
	[END_KEPT] = "kept",
	[END_REPLACED_SHUT] = "replaced, port shut",
	[END_REWOUND_SHUT] = "rewound, port shut",
	[END_REPLACED_LESS] = "replaced, option lost",
	[END_REWOUND_LESS] = "rewound, option lost",
	[END_REFUSED_OWN] = "refused",
	[END_HANDED_ON] = "handed on",
	[END_LEFT] = "let through",
	[END_CANNOT_FAIL] = "cannot fail",
	[END_WRONG] = "wrong",
};

static bool is_one_of(const char *name, const char *const names[])
{
	for (; *names; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

/* Without these calls the shim cannot recognize a self-connection or cannot undo it. */
static bool may_let_through(enum phase phase, const char *detail)
{
	static const char *const names[] = {"getsockname", "getpeername", NULL};

	return ((phase == PHASE_DETECT || phase == PHASE_SALVAGE) && is_one_of(detail, names)) ||
	       (phase == PHASE_DETECT && strcmp(detail, "getsockopt SO_PROTOCOL") == 0) ||
	       (phase == PHASE_TEAR_DOWN && strcmp(detail, "connect AF_UNSPEC") == 0);
}

/* An option is lost if it cannot be read or set, or if only one of the sockets knows it. */
static bool may_lose_option(enum end end, enum phase phase, const struct fault *fault)
{
	bool unknown = fault->error == ENOPROTOOPT || fault->error == EOPNOTSUPP;

	if (phase == PHASE_SALVAGE)
		return strcmp(fault->call, "getsockopt") == 0;
	return phase == PHASE_REPAIR &&
	       strcmp(fault->call, end == END_REWOUND_LESS ? "setsockopt" : "getsockopt") == 0 &&
	       (end == END_REWOUND_LESS || unknown);
}

/* A repair rewinds if it cannot replace, or cannot find out what replacing needs. */
static bool may_rewind(const struct seam_call *call)
{
	return call->phase == PHASE_REPAIR || call->connects ||
	       strcmp(call->detail, "getsockopt TCP_INFO") == 0;
}

/* If bind() or getsockname() fails, the shim cannot tell whose port it is. */
static bool may_refuse_own(const struct fault *fault)
{
	static const char *const names[] = {"bind", "getsockname", NULL};

	return scene->refuses && is_one_of(fault->call, names);
}

static bool is_allowed(enum end end, const struct seam_call *call, const struct fault *fault)
{
	switch (end) {
	case END_REPLACED:
	case END_REWOUND:
	case END_KEPT:
		return end == clean_end || (end == END_REWOUND && may_rewind(call)) ||
		       scene->method == NSC_METHOD_PREVENT;
	case END_REPLACED_SHUT:
	case END_REWOUND_SHUT:
		return strcmp(call->detail, "setsockopt SO_REUSEADDR") == 0;
	case END_REPLACED_LESS:
	case END_REWOUND_LESS:
		return may_lose_option(end, call->phase, fault);
	case END_REFUSED_OWN:
		return may_refuse_own(fault);
	case END_HANDED_ON:
		return call->connects;
	case END_LEFT:
		return may_let_through(call->phase, call->detail);
	default:
		return false;
	}
}

/* All calls of a kind fail: a retry without a held port may connect to itself again. */
static bool is_allowed_always(enum end end, const struct fault *fault)
{
	static const char *const blind[] = {"getsockname",       "getpeername", "getsockopt",
					    "connect AF_UNSPEC", "bind",        NULL};

	if (end == END_LEFT)
		return is_one_of(fault->call, blind);
	if (end == END_REPLACED_SHUT || end == END_REWOUND_SHUT)
		return strcmp(fault->call, "setsockopt") == 0;
	return end <= END_KEPT || (end == END_REFUSED_OWN && may_refuse_own(fault)) ||
	       (end == END_HANDED_ON && strcmp(fault->call, "connect") == 0);
}

static void diagnose(unsigned nth, const char *call, const char *error, const char *what)
{
	if (bad++ < SHOWN)
		fprintf(prints_table ? stderr : stdout, "# call %u, %s, %s: %s\n", nth, call, error,
			what);
}

static void judge(enum end end, unsigned nth, const struct fault *fault)
{
	const struct seam_call *call = nth ? &clean[nth - 1] : NULL,
			       *made = nth ? seam_call(nth) : NULL;
	bool allowed = call ? is_allowed(end, call, fault) : is_allowed_always(end, fault);

	cases++;
	if (end == END_WRONG || !allowed)
		diagnose(nth, call ? call->detail : fault->call, fault->name,
			 end == END_WRONG ? scene_wrong : end_names[end]);
	else if (call && (strcmp(call->detail, made->detail) || call->phase != made->phase))
		diagnose(nth, call->detail, fault->name, "this time it was another call");
	if (prints_table)
		printf("%d %s\t%s\t%s\t%s\t%s\n", call ? (int)call->phase : PHASES,
		       call ? phase_names[call->phase] : "each call",
		       call ? call->detail : fault->call, fault->name, way_name, end_names[end]);
}

static void play_clean(void)
{
	scene_begin(scene);
	clean_end = scene_play(scene, NULL);
	if (clean_end > END_KEPT)
		diagnose(0, "none", "no fault", scene_wrong);
	clean_count = seam_count();
	for (unsigned i = 0; i < clean_count; i++)
		clean[i] = *seam_call(i + 1);
}

static void play_fault(unsigned nth, const struct fault *fault)
{
	scene_begin(scene);
	if (nth)
		seam_fail(nth, fault);
	else
		seam_fail_all(fault);
	judge(scene_play(scene, fault), nth, fault);
}

static void fail_each_once(bool report_only)
{
	for (unsigned nth = 1; nth <= clean_count; nth++) {
		const struct seam_call *call = &clean[nth - 1];

		if (!errors_know(call->name))
			diagnose(nth, call->name, "", "no errors of it are in errors.c");
		for (unsigned i = 0; errors_at(i); i++)
			if (strcmp(errors_at(i)->call, call->name) == 0 &&
			    !(report_only && call->phase < PHASE_REPORT)) {
				given[i] = true;
				play_fault(nth, errors_at(i));
			}
	}
}

static bool is_made(const char *name)
{
	for (unsigned i = 0; i < clean_count; i++)
		if (strcmp(clean[i].name, name) == 0)
			return true;
	return false;
}

static void ok(bool passed, const char *name)
{
	tests++;
	if (!prints_table || !passed)
		fprintf(prints_table ? stderr : stdout, "%sok %u - %s\n", passed ? "" : "not ",
			tests, name);
}

static void play(const struct scene *played, const char *name)
{
	bool report_only = played->log != NSC_LOG_OFF;
	char text[160];
	const char *left;

	scene = played, cases = bad = 0;
	scene_open(scene);
	play_clean();
	fail_each_once(report_only);
	for (unsigned i = 0; errors_at(i) && !report_only; i++)
		if (is_made(errors_at(i)->call))
			play_fault(0, errors_at(i));
	left = scene_close(scene);
	if (left)
		diagnose(0, "all", "after the last case", left);
	snprintf(text, sizeof text, "%s, %s, %s: %u calls, %u faults", name,
		 scene->family == AF_INET ? "IPv4" : "IPv6",
		 scene->nonblocking ? "non-blocking" : "blocking", clean_count, cases);
	ok(!bad && clean_count > 1 && cases > 1, text);
}

static const struct {
	const char *name;
	enum nsc_method method;
	bool refuses;
	enum nsc_log log;
	bool log_in_file, broken;
	unsigned kinds; /* one bit per kind; another way shows the rest */
} ways[] = {
	{"rewind", NSC_METHOD_REWIND, false, NSC_LOG_OFF, false, false, 0x3f},
	{"replace", NSC_METHOD_REPLACE, false, NSC_LOG_OFF, false, false, 0x3d},
	{"auto", NSC_METHOD_AUTO, false, NSC_LOG_OFF, false, false, 0x1d},
	{"refuse", NSC_METHOD_AUTO, true, NSC_LOG_OFF, false, false, 0x19},
	{"prevent", NSC_METHOD_PREVENT, false, NSC_LOG_OFF, false, false, 0x13},
	{"log to a file", NSC_METHOD_REWIND, false, NSC_LOG_FILE, false, false, 1},
	{"log by the file", NSC_METHOD_REWIND, false, NSC_LOG_FILE, true, false, 1},
	{"log to syslog", NSC_METHOD_REWIND, false, NSC_LOG_SYSLOG, false, false, 1},
	{"log to stderr", NSC_METHOD_REWIND, false, NSC_LOG_STDERR, false, false, 1},
	{"log to a broken stderr", NSC_METHOD_REWIND, false, NSC_LOG_STDERR, false, true, 1},
};

static void play_way(size_t way, enum kind kind)
{
	static const char kinds[KINDS][16] = {"plain",       "MSG_FASTOPEN", "with options",
					      "shared port", "own port",     "interrupted"};
	char name[64];

	way_name = kind == KIND_OWN ? "own port" : ways[way].name;
	snprintf(name, sizeof name, "%s, %.15s", ways[way].name, kinds[kind]);
	for (unsigned variant = 0; variant < 4; variant++) {
		struct scene one = {kind,
				    variant & 1 ? AF_INET6 : AF_INET,
				    variant & 2,
				    ways[way].method,
				    ways[way].refuses,
				    ways[way].log,
				    ways[way].log_in_file,
				    ways[way].broken};

		if (!(kind == KIND_INTERRUPTED && one.nonblocking))
			play(&one, name);
	}
}

static bool all_errors_were_given(void)
{
	bool all = true;

	for (unsigned i = 0; errors_at(i); i++)
		if (!given[i]) {
			printf("# not given: %s %s\n", errors_at(i)->call, errors_at(i)->name);
			all = false;
		}
	return all;
}

int main(int argc, char *argv[])
{
	prints_table = argc == 2 && strcmp(argv[1], "--table") == 0;
	if (!stage_make()) {
		puts("1..0 # SKIP a network and mounts of its own cannot be had here");
		return getenv("NSC_NO_SKIP") ? 1 : 0;
	}
	setvbuf(stdout, NULL, prints_table ? _IOFBF : _IOLBF, 0);
	seam_install();
	for (size_t way = 0; way < sizeof ways / sizeof *ways; way++)
		for (unsigned kind = 0; kind < KINDS; kind++)
			if (ways[way].kinds & 1u << kind)
				play_way(way, (enum kind)kind);
	ok(all_errors_were_given(), "each error in errors.c was given");
	if (!prints_table)
		printf("1..%u\n", tests);
	return 0;
}
