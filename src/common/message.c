/* SPDX-License-Identifier: MIT */
/* How the tools speak: lines on standard output, and on standard error with the program's name in
 * front. */
#include "message.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void *memory_or_exit(void *memory)
{
	if (memory)
		return memory;
	message_error("out of memory");
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

void message_error(const char *format, ...)
{
	va_list arguments;

	/* What went to standard output before is to be read before. */
	fflush(stdout);
	va_start(arguments, format);
	fprintf(stderr, "%s: ", message_program);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
}

void message_print(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
}
