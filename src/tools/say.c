/* SPDX-License-Identifier: MIT */
/* How noselfconn(1) speaks: one line on standard error, with its name in front; and how it ends. */
#include "say.h"

#include <stdarg.h>
#include <stdio.h>

void nsc_say(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fputs("noselfconn: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
}
