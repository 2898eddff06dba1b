/* SPDX-License-Identifier: MIT */
/*
 * Makes the process look freshly executed. Check forks its tests, and a fork shares its
 * descriptors.
 */
#include "fake_process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "fake_kernel.h"

enum { FORKED_WITHOUT_EXEC = 0x40, FROM_NAME_TO_FLAGS = 7 }; /* proc_pid_stat(5) */

static long answer_read(const struct fake_call *call, void *unused)
{
	long size = fake_kernel_pass(call);
	char text[1024], *flags, *rest, *to = (char *)call->argument[1];

	(void)unused;
	if (size <= 0 || (size_t)size >= sizeof text)
		return size;
	memcpy(text, to, (size_t)size);
	text[size] = '\0';
	flags = strrchr(text, ')');
	if (!flags)
		return size;
	for (int i = 0; i < FROM_NAME_TO_FLAGS; i++)
		flags = strchr(flags, ' ') + 1;
	memcpy(to, text, (size_t)(flags - text));
	size = flags - text;
	size += sprintf(to + size, "%lu",
			strtoul(flags, &rest, 10) & ~(unsigned long)FORKED_WITHOUT_EXEC);
	memcpy(to + size, rest, strlen(rest));
	return size + (long)strlen(rest);
}

void fake_process_executed(void)
{
	fake_kernel_answer(SYS_read, FAKE_EACH, answer_read, NULL);
}
