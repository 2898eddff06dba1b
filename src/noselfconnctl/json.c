/* SPDX-License-Identifier: MIT */
/* Prints one JSON text (RFC 8259) on standard output, piece by piece. */
#include "json.h"

#include <stddef.h>
#include <stdio.h>

#include "utf8.h"

enum { DEPTH_MOST = 8 };

static char open_brackets[DEPTH_MOST];
static unsigned depth;
static bool has_some;

static void put_string(const char *value)
{
	putchar('"');
	while (*value) {
		size_t length = utf8_length(value);

		if (length == 0) {
			fputs("\\ufffd", stdout);
			length = 1;
		} else if (utf8_is_control(value)) {
			/* The last byte is the code: C2 80 is U+0080. */
			printf("\\u%04x", (unsigned char)value[length - 1]);
		} else {
			if (*value == '"' || *value == '\\')
				putchar('\\');
			fwrite(value, 1, length, stdout);
		}
		value += length;
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
