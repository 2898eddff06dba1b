/* SPDX-License-Identifier: MIT */
/* How the tools speak: lines on standard output, and on standard error with the program's name in
 * front. */
#include "say.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void *say_memory(void *memory)
{
	if (memory)
		return memory;
	say_error("out of memory");
	exit(say_failure);
}

char *say_text(const char *format, ...)
{
	va_list arguments;
	char *string;
	int size;

	va_start(arguments, format);
	size = vasprintf(&string, format, arguments);
	va_end(arguments);
	return say_memory(size < 0 ? NULL : string);
}

void say_error(const char *format, ...)
{
	va_list arguments;

	/* What went to standard output before is to be read before. */
	fflush(stdout);
	va_start(arguments, format);
	fprintf(stderr, "%s: ", say_program);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
}

void say_line(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
}
