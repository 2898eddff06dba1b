/* SPDX-License-Identifier: MIT */
/* The table of doc/FAULTS.md: system call x error x outcome. */
#include "table.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 4000 };

struct row {
	enum part part;
	enum phase phase;
	char call[40], error[20];
	unsigned order;
	unsigned ends[COLUMNS]; /* a bit for each enum end */
};

static struct row rows[ROWS];
static unsigned count;

static const char end_names[ENDS][40] = {
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
	[END_WRONG] = "**wrong**",
};

static const struct {
	enum column first, last;
	const char *title, *head;
} parts[PARTS] = {
	[PART_REPAIR] =
		{COLUMN_REWIND, COLUMN_OWN, "One call fails, once",
		 "| part | system call | errors | rewind | replace | auto | refuse | own port |\n"
		 "|---|---|---|---|---|---|---|---|"},
	[PART_REPORT] = {COLUMN_FILE, COLUMN_STDERR, "One call of a report fails, once",
			 "| part | system call | errors | file | syslog | stderr "
			 "|\n|---|---|---|---|---|---|"},
	[PART_ALWAYS] = {COLUMN_REWIND, COLUMN_OWN, "Each call of a kind fails",
			 "| system call | errors | rewind | replace | auto | refuse | own port "
			 "|\n|---|---|---|---|---|---|---|"},
};

static struct row *find(enum part part, enum phase phase, const char *call, const char *error)
{
	for (unsigned i = 0; i < count; i++)
		if (rows[i].part == part && rows[i].phase == phase &&
		    strcmp(rows[i].call, call) == 0 && strcmp(rows[i].error, error) == 0)
			return &rows[i];
	if (count == ROWS)
		abort();
	rows[count] = (struct row){.part = part, .phase = phase, .order = count};
	snprintf(rows[count].call, sizeof rows->call, "%s", call);
	snprintf(rows[count].error, sizeof rows->error, "%s", error);
	return &rows[count++];
}

void table_add(enum part part, enum phase phase, const char *call, const char *error,
	       enum column column, enum end end)
{
	find(part, phase, call, error)->ends[column] |= 1u << end;
}

/* By part and phase, then by the name of the call; of one call, as errors.txt has its errors. */
static int compare(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int names;

	if (x->part != y->part)
		return x->part < y->part ? -1 : 1;
	if (x->phase != y->phase)
		return x->phase < y->phase ? -1 : 1;
	names = strcmp(x->call, y->call);
	return names ? names : x->order < y->order ? -1 : 1;
}

static bool same_call(const struct row *a, const struct row *b)
{
	return a->part == b->part && a->phase == b->phase && strcmp(a->call, b->call) == 0;
}

static bool share_a_row(const struct row *a, const struct row *b)
{
	return same_call(a, b) && memcmp(a->ends, b->ends, sizeof a->ends) == 0;
}

static void print_ends(FILE *file, const struct row *row)
{
	for (enum column column = parts[row->part].first; column <= parts[row->part].last;
	     column++) {
		const char *separator = " ";

		for (unsigned end = 0; end < ENDS; end++) {
			if (!(row->ends[column] & 1u << end))
				continue;
			fprintf(file, "%s%s", separator, end_names[end]);
			separator = "; ";
		}
		/* A way that has no use for the call. */
		fprintf(file, "%s |", row->ends[column] ? "" : " not made");
	}
	fputs("\n", file);
}

static void print_row(FILE *file, unsigned at)
{
	const struct row *row = &rows[at];

	if (row->part != PART_ALWAYS)
		fprintf(file, "| %s ", phase_names[row->phase]);
	fprintf(file, "| %s |", row->call);
	for (unsigned i = at; i < count && same_call(row, &rows[i]); i++)
		if (share_a_row(row, &rows[i]))
			fprintf(file, " %s", strcmp(rows[i].error, "-") ? rows[i].error : "–");
	fputs(" |", file);
	print_ends(file, row);
}

static bool is_printed(unsigned at)
{
	for (unsigned i = at; i-- > 0 && same_call(&rows[i], &rows[at]);)
		if (share_a_row(&rows[i], &rows[at]))
			return true;
	return false;
}

void table_print(FILE *file)
{
	qsort(rows, count, sizeof *rows, compare);
	for (unsigned i = 0; i < count; i++) {
		if (i == 0 || rows[i].part != rows[i - 1].part)
			fprintf(file, "%s## %s\n\n%s\n", i ? "\n" : "", parts[rows[i].part].title,
				parts[rows[i].part].head);
		if (!is_printed(i))
			print_row(file, i);
	}
}

bool table_has(const char *call, const char *error)
{
	size_t length = strlen(call);

	/* A row may tell options apart: "getsockopt SO_ERROR". */
	for (unsigned i = 0; i < count; i++)
		if (strncmp(rows[i].call, call, length) == 0 && strcmp(rows[i].error, error) == 0)
			return true;
	return false;
}
