/* SPDX-License-Identifier: MIT */
/* How noselfconnctl speaks, and how its commands end. */
#include "ctl_say.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

char *say_text(const char *format, ...)
{
	va_list arguments;
	char *string;
	int size;

	va_start(arguments, format);
	size = vasprintf(&string, format, arguments);
	va_end(arguments);
	if (size < 0) {
		fputs("noselfconnctl: out of memory\n", stderr);
		exit(CTL_TROUBLE);
	}
	return string;
}

void say_error(const char *format, ...)
{
	va_list arguments;

	/* What went to standard output before is to be read before. */
	fflush(stdout);
	va_start(arguments, format);
	fputs("noselfconnctl: ", stderr);
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
