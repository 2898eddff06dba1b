/* SPDX-License-Identifier: MIT */
/*
 * The format of noselfconn.conf(5), for the library and for noselfconnctl. Opens and keeps nothing,
 * and is async-signal-safe.
 */
#ifndef NSC_CONFIG_FILE_H
#define NSC_CONFIG_FILE_H

#include <stddef.h>

#include "settings.h"

#define NSC_CONFIG_PATH "/etc/noselfconn.conf"

enum { NSC_CONFIG_SIZE_MOST = 64 * 1024, NSC_CONFIG_LINE_MOST = 255 };

enum nsc_config_kind { NSC_CONFIG_SETTING, NSC_CONFIG_PROGRAM, NSC_CONFIG_MISTAKE };

/* What a line says. The strings last until the handler returns. */
struct nsc_config_item {
	enum nsc_config_kind kind;
	unsigned line;            /* its number, from 1 */
	enum nsc_setting setting; /* of NSC_CONFIG_SETTING */
	/* The value; the NAME-OR-PATH of a section; or the reason why the line is ignored. */
	const char *text;
	const char *values; /* continues the reason of a mistake: what the key takes; else NULL */
};

struct nsc_config {
	/* Returns false for a setting whose value is not valid. A mistake comes next then. */
	bool (*handle)(void *data, const struct nsc_config_item *item);
	void *data;

	/* The parser's own. All zero at the start. */
	unsigned lines, size; /* the lines before this one; the bytes of this one */
	bool skips;           /* in a section whose first line has a mistake */
	char line[NSC_CONFIG_LINE_MOST + 1];
};

/*
 * Takes the next bytes of the file, and calls the handler for each line that has ended. A line
 * without a meaning, such as a comment, makes no call. No line of a section whose first line has a
 * mistake makes a call. Call nsc_config_end() after the last byte.
 */
void nsc_config_feed(struct nsc_config *config, const char *bytes, size_t size);
void nsc_config_end(struct nsc_config *config);

/*
 * Judges the file by st_mode, st_uid and st_size of stat(2), before it is read. Returns NULL, or
 * the reason why it is ignored as a whole, to follow "is".
 */
const char *nsc_config_refused(unsigned mode, unsigned owner, unsigned long long size);

/*
 * Returns true if a section with this NAME-OR-PATH is for a program that was executed as `executed`
 * (AT_EXECFN) and whose executable is `executable` (/proc/PID/exe). Both may be NULL for unknown.
 */
bool nsc_config_is_for(const char *section, const char *executed, const char *executable);

/* The key of a setting in the file, "give_up", and the values that it takes there. */
const char *nsc_config_key(enum nsc_setting setting);
const char *nsc_config_values(enum nsc_setting setting);

#endif
