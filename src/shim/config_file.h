/* SPDX-License-Identifier: MIT */
/*
 * The format of noselfconn.conf(5), for the library and for noselfconnctl. Opens and keeps nothing,
 * and is async-signal-safe.
 */
#ifndef NSC_CONFIG_FILE_H
#define NSC_CONFIG_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "settings.h"

#define NSC_CONFIG_PATH "/etc/noselfconn.conf"

enum { NSC_CONFIG_SIZE_MOST = 64 * 1024, NSC_CONFIG_LINE_MOST = 255 };

enum nsc_config_kind { NSC_CONFIG_SETTING, NSC_CONFIG_PROGRAM, NSC_CONFIG_MISTAKE };

enum nsc_config_reason {
	NSC_CONFIG_SOUND,
	/* The line is ignored. */
	NSC_CONFIG_TOO_LONG,
	NSC_CONFIG_CONTROL,
	NSC_CONFIG_NO_SECTION,
	NSC_CONFIG_NO_PROGRAM,
	NSC_CONFIG_NO_PAIR,
	NSC_CONFIG_NO_KEY,
	NSC_CONFIG_NO_VALUE, /* nsc_config_values() continues the sentence */
	/* The whole file is. */
	NSC_CONFIG_NOT_REGULAR,
	NSC_CONFIG_NOT_ROOTS,
	NSC_CONFIG_WRITABLE,
	NSC_CONFIG_TOO_LARGE,
	NSC_CONFIG_UNREADABLE
};

/* What a line says. The text of a value or program lasts until the handler returns. */
struct nsc_config_item {
	enum nsc_config_kind kind;
	enum nsc_config_reason reason; /* of NSC_CONFIG_MISTAKE */
	unsigned line;                 /* its number, from 1 */
	enum nsc_setting setting;      /* of NSC_CONFIG_SETTING, and of NSC_CONFIG_NO_VALUE */
	/* The value; the NAME-OR-PATH of a section; or the reason in words, to follow "is". */
	const char *text;
	unsigned offset; /* where the value starts in the file */
};

/* Small, because it is on the stack during a repair. */
struct nsc_config {
	/* Returns false for a setting whose value is not valid. A mistake comes next then. */
	bool (*handle)(void *data, const struct nsc_config_item *item);
	void *data;

	/* The parser's own. All zero at the start. */
	unsigned lines, start; /* the lines before `line`, and the bytes */
	unsigned size;         /* the bytes in `line` */
	bool skips;            /* in a section whose first line has a mistake */
	bool in_rest;          /* of a line that is too long */
	char line[NSC_CONFIG_LINE_MOST + 1];
};

/*
 * The file is read into the parser. nsc_config_room() returns a place for its next bytes, and how
 * many fit there: never 0. nsc_config_filled() takes what was read, and calls the handler for each
 * line that has ended. A line without a meaning, such as a comment, makes no call. No line of a
 * section whose first line has a mistake makes a call. Call nsc_config_end() after the last byte.
 */
char *nsc_config_room(struct nsc_config *config, size_t *size);
void nsc_config_filled(struct nsc_config *config, size_t size);
void nsc_config_end(struct nsc_config *config);

/*
 * Judges the file by st_mode, st_uid and st_size of stat(2), before it is read. Returns the reason
 * why it is ignored as a whole, or NSC_CONFIG_SOUND.
 */
enum nsc_config_reason nsc_config_refused(unsigned mode, unsigned owner, unsigned long long size);

/* The reason in words, to follow "is". */
const char *nsc_config_reason(enum nsc_config_reason reason);

/*
 * Returns true if a section with this NAME-OR-PATH is for a program that was executed as `executed`
 * (AT_EXECFN; NULL for unknown), and the path of whose executable (/proc/PID/exe) has the hash
 * `executable`. The path itself would not fit on the stack of a repair.
 */
bool nsc_config_is_for(const char *section, const char *executed, uint64_t executable);

/* FNV-1a of the first `size` bytes: tells texts apart that nobody makes alike on purpose. */
uint64_t nsc_config_hash(const char *text, size_t size);

/* The key of a setting in the file, "give_up", and the values that it takes there. */
const char *nsc_config_key(enum nsc_setting setting);
const char *nsc_config_values(enum nsc_setting setting);

#endif
