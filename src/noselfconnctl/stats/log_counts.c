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

/* Returns NULL if the list has no such element. */
static struct log_count *find(const struct log_counts *counts, const struct log_count *wanted)
{
	for (size_t i = 0; i < counts->count; i++) {
		struct log_count *one = &counts->list[i];

		if (one->prevented == wanted->prevented &&
		    strcmp(one->program, wanted->program) == 0 &&
		    strcmp(one->outcome, wanted->outcome) == 0)
			return one;
	}
	return NULL;
}

static void count_one(struct log_counts *counts, struct log_count one)
{
	struct log_count *known = find(counts, &one);

	if (!known && counts->count >= LOG_COUNTS_MOST) {
		one.program = LOG_COUNTS_OTHER;
		known = find(counts, &one);
	}
	if (known) {
		known->times++;
		return;
	}
	one.program = message_format("%s", one.program);
	one.outcome = message_format("%s", one.outcome);
	counts->list = array_add(counts->list, &counts->count, &one, sizeof one);
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
		count_one(counts, (struct log_count){program, outcome, !kept, 1});
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
