/* SPDX-License-Identifier: MIT */
/* One JSON text (RFC 8259) on standard output, piece by piece. */
#include "json.h"

#include <stddef.h>
#include <stdio.h>

enum { DEPTH_MOST = 8 };

static char open_brackets[DEPTH_MOST];
static unsigned depth;
static bool has_some;

/* The length of the UTF-8 sequence at `s`, by RFC 3629 section 4; 0 for none. */
static size_t sequence(const unsigned char *s)
{
	static const struct {
		unsigned char from, to, second_from, second_to, length;
	} kinds[] = {{0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
		     {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3},
		     {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
		     {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4}};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (*s < kinds[i].from || *s > kinds[i].to)
			continue;
		if (s[1] < kinds[i].second_from || s[1] > kinds[i].second_to)
			return 0;
		for (size_t at = 2; at < kinds[i].length; at++)
			if ((s[at] & 0xc0) != 0x80)
				return 0;
		return kinds[i].length;
	}
	return 0;
}

static void put_string(const char *value)
{
	putchar('"');
	for (const unsigned char *at = (const unsigned char *)value; *at;) {
		size_t length = *at < 0x80 ? 1 : sequence(at);

		if (length == 0) {
			fputs("\\ufffd", stdout);
			at++;
		} else if (*at < 0x20 || *at == 0x7f) {
			printf("\\u%04x", *at++);
		} else {
			if (*at == '"' || *at == '\\')
				putchar('\\');
			fwrite(at, 1, length, stdout);
			at += length;
		}
	}
	putchar('"');
}

static void put_key(const char *key)
{
	if (has_some)
		putchar(',');
	has_some = true;
	if (key) {
		put_string(key);
		putchar(':');
	}
}

void json_open(const char *key, char bracket)
{
	put_key(key);
	putchar(bracket);
	open_brackets[depth++] = bracket;
	has_some = false;
}

void json_close(void)
{
	putchar(open_brackets[--depth] == '{' ? '}' : ']');
	has_some = true;
	if (depth == 0)
		putchar('\n');
}

void json_string(const char *key, const char *value)
{
	put_key(key);
	if (value)
		put_string(value);
	else
		fputs("null", stdout);
}

void json_number(const char *key, unsigned long value)
{
	put_key(key);
	printf("%lu", value);
}

void json_boolean(const char *key, bool value)
{
	put_key(key);
	fputs(value ? "true" : "false", stdout);
}
