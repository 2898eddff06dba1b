/* SPDX-License-Identifier: MIT */
/* Counts the repairs in a log of libnoselfconn(7), by program and outcome. */
#include "stats/log_counts.h"

#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "message.h"

/* The value of a field, from malloc, or NULL. */
static char *field(const char *line, const char *key)
{
	size_t length = strlen(key);

	for (const char *at = line; (at = strstr(at, key)); at += length)
		if ((at == line || at[-1] == ' ') && at[length] == '=')
			return message_format("%.*s", (int)strcspn(at + length + 1, " \n"),
					      at + length + 1);
	return NULL;
}

static struct log_count *find(struct log_counts *counts, const char *program, const char *outcome,
			      bool prevented)
{
	struct log_count added = {program, outcome, prevented, 0};

	for (size_t i = 0; i < counts->count; i++) {
		struct log_count *one = &counts->list[i];

		if (one->prevented == prevented && strcmp(one->program, program) == 0 &&
		    strcmp(one->outcome, outcome) == 0)
			return one;
	}
	if (counts->count >= LOG_COUNTS_MOST && strcmp(program, LOG_COUNTS_OTHER) != 0)
		return find(counts, LOG_COUNTS_OTHER, outcome, prevented);
	added.program = message_format("%s", program);
	added.outcome = message_format("%s", outcome);
	counts->list = array_add(counts->list, &counts->count, &added, sizeof added);
	return &counts->list[counts->count - 1];
}

/* A file has time=SECONDS at the start of the line, the journal SECONDS alone. */
static double time_of(const char *line)
{
	static const char key[] = "time=";

	return strtod(strncmp(line, key, sizeof key - 1) == 0 ? line + sizeof key - 1 : line, NULL);
}

static bool is_known(const char *outcome)
{
	static const char *const outcomes[] = {"connected", "in-progress", "refused", "interrupted",
					       "self-connected"};

	for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
		if (strcmp(outcome, outcomes[i]) == 0)
			return true;
	return strncmp(outcome, "errno-", 6) == 0 &&
	       outcome[6 + strspn(outcome + 6, "0123456789")] == '\0';
}

void log_counts_add(struct log_counts *counts, const char *line)
{
	char *program = field(line, "program"), *action = field(line, "action"),
	     *outcome = field(line, "outcome"), *left_out = field(line, "left_out");
	bool itself = outcome && strcmp(outcome, "self-connected") == 0;
	bool kept = action && strcmp(action, "none") == 0;

	if (counts->first == 0)
		counts->first = time_of(line);
	if (left_out)
		counts->left_out += strtoul(left_out, NULL, 10);
	if (program && action && outcome && is_known(outcome) && itself == kept)
		find(counts, program, outcome, !kept)->times++;
	free(program);
	free(action);
	free(outcome);
	free(left_out);
}

unsigned long log_counts_total(const struct log_counts *counts, bool prevented)
{
	unsigned long total = 0;

	for (size_t i = 0; i < counts->count; i++)
		if (counts->list[i].prevented == prevented)
			total += counts->list[i].times;
	return total;
}
