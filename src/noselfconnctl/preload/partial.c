/* SPDX-License-Identifier: MIT */
/* Remembers which ABIs --partial left without the library. */
#include "preload/partial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "array.h"
#include "atomic_file.h"
#include "message.h"

static void add_name(struct partial *partial, const char *name)
{
	partial->abis = array_add(partial->abis, &partial->count, &name, sizeof name);
}

bool partial_has_name(const struct partial *partial, const char *abi)
{
	for (size_t i = 0; i < partial->count; i++)
		if (strcmp(partial->abis[i], abi) == 0)
			return true;
	return partial->all;
}

bool partial_has(const struct partial *partial, struct elf_abi abi)
{
	return partial_has_name(partial, elf_abi_name(abi));
}

void partial_add(struct partial *partial, struct elf_abi abi)
{
	if (!partial_has(partial, abi))
		add_name(partial, elf_abi_name(abi));
}

const char *partial_names(const struct partial *partial)
{
	const char *names = "";

	for (size_t i = 0; i < partial->count; i++)
		names = message_format("%s%s%s", names, i ? ", " : "", partial->abis[i]);
	return names;
}

void partial_read(int etc, struct partial *partial)
{
	int fd = open_file(etc, PARTIAL_NAME);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	char line[128];

	while (file && fgets(line, sizeof line, file)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line && *line != '#')
			add_name(partial, message_format("%s", line));
	}
	if (file)
		fclose(file);
}

int partial_write(int etc, const struct partial *partial)
{
	const char *text = "# By noselfconnctl enable --partial: these have no libnoselfconn.so.\n";

	if (partial->count == 0)
		return remove_file(etc, PARTIAL_NAME);
	for (size_t i = 0; i < partial->count; i++)
		text = message_format("%s%s\n", text, partial->abis[i]);
	return replace_file(etc, PARTIAL_NAME, PARTIAL_NAME, NULL, text, strlen(text));
}
