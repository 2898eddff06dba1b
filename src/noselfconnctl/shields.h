/* SPDX-License-Identifier: MIT */
/* The two shields of this machine, what they do not cover, and which one helps a program. */
#ifndef NSC_SHIELDS_H
#define NSC_SHIELDS_H

#include "firewall/firewall.h"
#include "process.h"

struct shields {
	bool library;         /* programs that start now load it */
	const char *unknown;  /* why nothing is known about the firewall rule, or NULL */
	struct firewall rule; /* if it is known */
};

/* Looks at the firewall of this network namespace. `library` is what status has found out. */
void shields_look(bool library, struct shields *shields);

void shields_print(const struct shields *shields);
void shields_json(const struct shields *shields);

/*
 * What would have prevented the self-connection of such a program, to follow its name. NULL for
 * PROCESS_UNKNOWN.
 */
const char *shields_advice(enum process_kind kind);

/* The same as a JSON list: "library", "firewall". */
void shields_advice_json(const char *key, enum process_kind kind);

#endif
