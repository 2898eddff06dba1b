/* SPDX-License-Identifier: MIT */
/* Prints the tools' lines: answers on standard output, errors on standard error. */
#include "message.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

void *memory_or_exit(void *memory)
{
	if (memory)
		return memory;
	/* Not message_error(), which needs memory. */
	fprintf(stderr, "%s: out of memory\n", message_program);
	exit(message_failure);
}

char *message_format(const char *format, ...)
{
	va_list arguments;
	char *string;
	int size;

	va_start(arguments, format);
	size = vasprintf(&string, format, arguments);
	va_end(arguments);
	return memory_or_exit(size < 0 ? NULL : string);
}

/* A copy of `text` without control characters other than those in `allowed`. */
static char *clean(const char *text, const char *allowed)
{
	char *copy = memory_or_exit(malloc(strlen(text) + 1)), *end = copy;

	while (*text) {
		size_t length = utf8_length(text);

		if (length == 0 || (utf8_is_control(text) && !strchr(allowed, *text)))
			*end++ = '?';
		else
			end = mempcpy(end, text, length);
		text += length ? length : 1;
	}
	*end = '\0';
	return copy;
}

char *message_printable(const char *text)
{
	return clean(text, "");
}

__attribute__((format(printf, 3, 0))) static void put_line(FILE *stream, const char *name,
							   const char *format, va_list arguments)
{
	char *line, *cleaned;

	if (vasprintf(&line, format, arguments) < 0)
		memory_or_exit(NULL);
	cleaned = clean(line, "\n");
	fprintf(stream, "%s%s\n", name, cleaned);
	free(line);
	free(cleaned);
}

void message_error(const char *format, ...)
{
	char name[64];
	va_list arguments;

	snprintf(name, sizeof name, "%s: ", message_program);
	/* Flush stdout so that both streams stay in order. */
	fflush(stdout);
	va_start(arguments, format);
	put_line(stderr, name, format, arguments);
	va_end(arguments);
}

void message_print(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	put_line(stdout, "", format, arguments);
	va_end(arguments);
}
