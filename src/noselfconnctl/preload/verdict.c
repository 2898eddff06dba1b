/* SPDX-License-Identifier: MIT */
/* Has a program of a trial run passed? By its exit status, and by what ld.so said. */
#include "preload/verdict.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "message.h"

enum { OUTPUT_MOST = 65536 };

bool trial_traces(const struct trial_program *program)
{
	return program->kind == TRIAL_LOADS || program->kind == TRIAL_ABI;
}

static char output[OUTPUT_MOST + 1];

static void read_output(int out)
{
	ssize_t size = pread(out, output, OUTPUT_MOST, 0);

	output[size < 0 ? 0 : size] = '\0';
}

/* The line of the output that has `part` in it; an empty part gives the first. */
static char *line_with(const char *part)
{
	const char *at = strstr(output, part);

	if (!at)
		return NULL;
	while (at > output && at[-1] != '\n')
		at--;
	return message_format("%.*s", (int)strcspn(at, "\n"), at);
}

/* From a line "NAME => PATH (ADDRESS)" or "PATH (ADDRESS)". */
static const char *path_in(char *line)
{
	char *arrow = strstr(line, " => ");
	char *start = arrow ? arrow + 4 : line + strspn(line, " \t");
	char *end = strstr(start, " (0x");

	if (end)
		*end = '\0';
	return start;
}

/* What ld.so found wrong, by its own words; NULL for nothing. */
static const char *fault(const struct trial_program *program)
{
	static const char *const words[] = {"ERROR: ld.so:", " => not found", "undefined symbol"};
	const char *line = NULL;

	for (size_t i = 0; i < (trial_traces(program) ? 3 : 1) && !line; i++)
		line = line_with(words[i]);
	return line;
}

void verdict(const struct trial *trial, const struct trial_program *program, int status, int out,
	     struct trial_result *result)
{
	const char *words;

	read_output(out);
	words = fault(program);
	if (WIFSIGNALED(status))
		words = message_format("killed by signal %d (%s)", WTERMSIG(status),
				       strsignal(WTERMSIG(status)));
	else if (!words && WEXITSTATUS(status) == VERDICT_NOT_RUN)
		words = message_format("cannot be run: %s", line_with(""));
	else if (!words && WEXITSTATUS(status) != 0)
		words = message_format("exit status %d: %s", WEXITSTATUS(status), line_with(""));
	if (!words && trial->wanted && trial_traces(program)) {
		char *line = line_with(trial->wanted);

		if (line)
			snprintf(result->words, sizeof result->words, "%s", path_in(line));
		else
			words = message_format("ld.so does not load %s", trial->wanted);
	}
	result->passed = !words;
	result->started = WIFSIGNALED(status) || WEXITSTATUS(status) != VERDICT_NOT_RUN;
	if (words)
		snprintf(result->words, sizeof result->words, "%s", words + strspn(words, " \t"));
}
