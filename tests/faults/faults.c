/* SPDX-License-Identifier: MIT */
/*
 * Each system call of a repair fails in each way that it can, against the real kernel; what that
 * comes to is the table of doc/FAULTS.md.
 *
 * usage: faults          as a test, which speaks TAP: every case ends well, and the table is the
 * one in the document faults --table  prints the table
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernel_constants.h"
#include "scene.h"
#include "seam.h"
#include "stage.h"
#include "table.h"

enum { CALLS = 4096, SHOWN = 10 };

static struct seam_call clean[CALLS];
static unsigned clean_count, cases, bad, tests;
static const struct scene *scene;
static enum column column;
static bool prints_table;

static void diagnose(const char *call, const char *error, unsigned nth)
{
	if (bad++ < SHOWN && !prints_table)
		printf("# call %u, %s, %s: %s\n", nth, call, error, scene_wrong);
}

static void play_clean(void)
{
	scene_begin(scene);
	if (scene_play(scene, NULL) > END_KEPT)
		diagnose("none", "no fault", 0);
	clean_count = seam_count();
	for (unsigned i = 0; i < clean_count; i++)
		clean[i] = *seam_call(i + 1);
}

static bool is_reported(const struct seam_call *call)
{
	return call->phase == PHASE_REPORT || call->phase == PHASE_SIGNALS;
}

/*
 * What tearing down destroys may be lost where it cannot be read or set; and an option that the
 * kernel says it does not know, which it says always or never, and not of the one socket and then
 * not of the other.
 */
static bool is_lost_for_nothing(enum end end, enum phase phase, const struct fault *fault)
{
	if (end != END_REPLACED_LESS && !(end == END_REWOUND_LESS && phase != PHASE_RESTORE))
		return false;
	snprintf(scene_wrong, sizeof scene_wrong, "an option is lost");
	return phase != PHASE_SALVAGE && !(phase == PHASE_TWIN && (fault->error == ENOPROTOOPT ||
								   fault->error == EOPNOTSUPP));
}

/* The n-th call is the same one each time, up to the one that fails. */
static bool is_another(const struct seam_call *a, const struct seam_call *b)
{
	if (strcmp(a->detail, b->detail) == 0 && a->phase == b->phase)
		return false;
	snprintf(scene_wrong, sizeof scene_wrong, "it was another call, %s", a->detail);
	return true;
}

static void fail_once(unsigned nth, const struct fault *fault)
{
	const struct seam_call *call = &clean[nth - 1];
	enum part part = column >= COLUMN_FILE ? PART_REPORT : PART_REPAIR;
	enum end end = END_CANNOT_FAIL;

	if (strcmp(fault->name, "-")) {
		scene_begin(scene);
		seam_fail(nth, fault);
		end = scene_play(scene, fault);
		cases++;
		if (end == END_WRONG || is_lost_for_nothing(end, call->phase, fault) ||
		    is_another(seam_call(nth), call))
			diagnose(call->detail, fault->name, nth);
	}
	table_add(part, call->phase, call->detail, fault->name, column, end);
}

static void fail_each_once(void)
{
	for (unsigned nth = 1; nth <= clean_count; nth++) {
		if (!errors_know(clean[nth - 1].name)) {
			snprintf(scene_wrong, sizeof scene_wrong,
				 "no errors of it are in errors.txt");
			diagnose(clean[nth - 1].name, "", nth);
		}
		if (column >= COLUMN_FILE && !is_reported(&clean[nth - 1]))
			continue;
		for (unsigned i = 0; errors_at(i); i++)
			if (strcmp(errors_at(i)->call, clean[nth - 1].name) == 0)
				fail_once(nth, errors_at(i));
	}
}

static bool is_made(const char *name)
{
	for (unsigned i = 0; i < clean_count; i++)
		if (strcmp(clean[i].name, name) == 0)
			return true;
	return false;
}

static void fail_all_of_each_kind(void)
{
	for (unsigned i = 0; errors_at(i); i++) {
		const struct fault *fault = errors_at(i);
		enum end end;

		if (!is_made(fault->call) || strcmp(fault->name, "-") == 0)
			continue;
		scene_begin(scene);
		seam_fail_all(fault);
		end = scene_play(scene, fault);
		cases++;
		if (end == END_WRONG)
			diagnose(fault->call, fault->name, 0);
		table_add(PART_ALWAYS, PHASES, fault->call, fault->name, column, end);
	}
}

static void ok(bool passed, const char *name)
{
	if (prints_table && !passed) {
		fprintf(stderr, "not ok: %s\n", name);
		exit(1);
	}
	tests++;
	if (!prints_table)
		printf("%sok %u - %s\n", passed ? "" : "not ", tests, name);
}

static void play(const struct scene *played, enum column in, const char *name)
{
	const char *left;
	char text[160];

	scene = played;
	column = in;
	cases = bad = 0;
	scene_open(scene);
	play_clean();
	fail_each_once();
	if (column < COLUMN_FILE)
		fail_all_of_each_kind();
	left = scene_close(scene);
	if (left && !prints_table)
		printf("# %s\n", left);
	snprintf(text, sizeof text, "%s, %s, %s: %u calls, %u faults", name,
		 scene->family == AF_INET ? "IPv4" : "IPv6",
		 scene->nonblocking ? "non-blocking" : "blocking", clean_count, cases);
	ok(!bad && !left && clean_count > 1 && cases > 1, text);
}

static const struct {
	const char *name;
	enum column column;
	enum nsc_method method;
	bool refuses;
	enum nsc_log log;
	bool broken;
	unsigned kinds; /* a bit for each: what a kind adds to a way, it adds to others like it */
} ways[] = {
	{"rewind", COLUMN_REWIND, NSC_METHOD_REWIND, false, NSC_LOG_OFF, false, 0x3f},
	{"replace", COLUMN_REPLACE, NSC_METHOD_REPLACE, false, NSC_LOG_OFF, false, 0x3d},
	{"auto", COLUMN_AUTO, NSC_METHOD_AUTO, false, NSC_LOG_OFF, false, 0x1d},
	{"refuse", COLUMN_REFUSE, NSC_METHOD_AUTO, true, NSC_LOG_OFF, false, 0x19},
	{"log to a file", COLUMN_FILE, NSC_METHOD_REWIND, false, NSC_LOG_FILE, false, 1},
	{"log to syslog", COLUMN_SYSLOG, NSC_METHOD_REWIND, false, NSC_LOG_SYSLOG, false, 1},
	{"log to stderr", COLUMN_STDERR, NSC_METHOD_REWIND, false, NSC_LOG_STDERR, false, 1},
	{"log to a broken stderr", COLUMN_STDERR, NSC_METHOD_REWIND, false, NSC_LOG_STDERR, true,
	 1},
};

static void play_all(void)
{
	static const char kinds[KINDS][16] = {"plain",       "MSG_FASTOPEN", "with options",
					      "shared port", "own port",     "interrupted"};

	for (size_t way = 0; way < sizeof ways / sizeof *ways; way++)
		for (unsigned kind = 0; kind < KINDS; kind++)
			for (unsigned variant = 0; variant < 4; variant++) {
				struct scene one = {
					(enum kind)kind,   variant & 1 ? AF_INET6 : AF_INET,
					variant & 2,       ways[way].method,
					ways[way].refuses, ways[way].log,
					ways[way].broken};
				char name[64];

				snprintf(name, sizeof name, "%s, %s", ways[way].name, kinds[kind]);
				if (ways[way].kinds & 1u << kind &&
				    !(kind == KIND_INTERRUPTED && one.nonblocking))
					play(&one, kind == KIND_OWN ? COLUMN_OWN : ways[way].column,
					     name);
			}
}

static bool all_errors_were_given(void)
{
	bool all = true;

	for (unsigned i = 0; errors_at(i); i++)
		if (!table_has(errors_at(i)->call, errors_at(i)->name)) {
			printf("# not given: %s %s\n", errors_at(i)->call, errors_at(i)->name);
			all = false;
		}
	return all;
}

/* The document from the first table on; NULL where it cannot be read. */
static char *documented(const char *path)
{
	static char text[1 << 17];
	FILE *file = fopen(path, "r");
	char *tables;

	if (!file)
		return NULL;
	text[fread(text, 1, sizeof text - 1, file)] = '\0';
	fclose(file);
	tables = strstr(text, "## One call fails, once\n");
	return tables;
}

static bool is_documented(const char *srcdir)
{
	char path[4096], *table, *document, *line;
	bool same = true;
	size_t size;
	FILE *file = open_memstream(&table, &size);

	table_print(file);
	fclose(file);
	snprintf(path, sizeof path, "%s/doc/FAULTS.md", srcdir);
	document = documented(path);
	if (document && strcmp(document, table) == 0)
		return true;
	for (line = strtok(table, "\n"); line; line = strtok(NULL, "\n"))
		if (!document || !strstr(document, line)) {
			printf("# not in the document: %s\n", line);
			same = false;
		}
	if (same)
		puts("# the document has more than this");
	free(table);
	return false;
}

/* Options that a kernel does not know are not restored: it has fewer calls than the table. */
static bool is_kernel_of_the_table(void)
{
	int fd = stage_socket(AF_INET, false), value;
	socklen_t length = sizeof value;
	bool known = getsockopt(fd, IPPROTO_TCP, TCP_DELACK_MAX_US, &value, &length) == 0;

	close(fd);
	return known;
}

static void judge_document(const char *srcdir)
{
	if (is_kernel_of_the_table() || getenv("NSC_NO_SKIP"))
		ok(is_documented(srcdir),
		   "doc/FAULTS.md has the table; scripts/faults writes it anew");
	else
		printf("ok %u - doc/FAULTS.md has the table # SKIP this kernel does not know "
		       "TCP_DELACK_MAX_US\n",
		       ++tests);
}

int main(int argc, char *argv[])
{
	const char *srcdir = getenv("srcdir") ? getenv("srcdir") : ".";
	char path[4096];

	prints_table = argc == 2 && strcmp(argv[1], "--table") == 0;
	snprintf(path, sizeof path, "%s/tests/faults/errors.txt", srcdir);
	errors_read(path);
	if (!stage_make()) {
		puts("1..0 # SKIP a network and mounts of its own cannot be had here");
		return getenv("NSC_NO_SKIP") ? 1 : 0;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	seam_install();
	play_all();
	if (prints_table) {
		table_print(stdout);
		return 0;
	}
	ok(all_errors_were_given(), "each error in errors.txt was given");
	judge_document(srcdir);
	printf("1..%u\n", tests);
	return 0;
}
