/* SPDX-License-Identifier: MIT */
/* The table of doc/FAULTS.md: system call x error x outcome. */
#ifndef NSC_FAULTS_TABLE_H
#define NSC_FAULTS_TABLE_H

#include <stdio.h>

#include "scene.h"
#include "seam.h"

enum column {
	COLUMN_REWIND,
	COLUMN_REPLACE,
	COLUMN_AUTO,
	COLUMN_REFUSE,
	COLUMN_OWN, /* a deliberate self-connection, by any way */
	COLUMN_FILE,
	COLUMN_SYSLOG,
	COLUMN_STDERR,
	COLUMNS
};
enum part { PART_REPAIR, PART_REPORT, PART_ALWAYS, PARTS };

/* In a case of `column` the call `call` of `phase` (PHASES in PART_ALWAYS) was made to give
 * `error`, and that was the end. */
void table_add(enum part part, enum phase phase, const char *call, const char *error,
	       enum column column, enum end end);

/* As Markdown. Errors of the same ends share a row. */
void table_print(FILE *file);

/* Was this error of a call, as in errors.txt, given anywhere? */
bool table_has(const char *call, const char *error);

#endif
