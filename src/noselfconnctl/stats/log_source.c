/* SPDX-License-Identifier: MIT */
/* Reads the logs that noselfconn.conf(5) names: files, or the journal of systemd. */
#include "stats/log_source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "array.h"
#include "message.h"
#include "root.h"
#include "run_tool.h"

static const char *read_file(const char *path, struct log_counts *counts)
{
	int fd = root_open_file(path);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	char *line = NULL;
	size_t size = 0;
	bool failed;

	if (fd == -ENOENT)
		return NULL;
	if (!file)
		return fd == -EINVAL ? "not a regular file" : strerror(fd < 0 ? -fd : errno);
	while (getline(&line, &size, file) >= 0)
		log_counts_add(counts, line);
	failed = ferror(file);
	free(line);
	fclose(file);
	return failed ? "cannot be read to its end" : NULL;
}

static const char *read_journal(struct log_counts *counts)
{
	static const char *const arguments[] = {"journalctl", "--quiet", "--no-pager", "-t",
						"noselfconn", "-o",      "short-unix", NULL};
	struct tool_run run = {0};
	int error = run_tool(arguments, "", &run);
	char *rest, *line;

	if (error == -ENOENT)
		return "there is no journalctl";
	if (error)
		return message_format("journalctl: %s", strerror(-error));
	if (run.status != 0)
		return message_format("journalctl: %s", *run.errors ? run.errors : "failed");
	for (line = strtok_r(run.output, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		log_counts_add(counts, line);
	/* Without root, the journal of other users and of the system is left out. */
	return geteuid() == 0 ? NULL : "only root sees all of the journal";
}

static void read_source(struct log_sources *sources, const char *where, struct log_counts *counts)
{
	struct log_source source = {.where = where};

	for (size_t i = 0; i < sources->count; i++)
		if (strcmp(sources->list[i].where, where) == 0)
			return;
	source.trouble = *where == '/' ? read_file(where, counts) : read_journal(counts);
	sources->list = array_add(sources->list, &sources->count, &source, sizeof source);
}

void log_sources_read(const struct config *config, struct log_sources *sources,
		      struct log_counts *counts)
{
	for (size_t i = 0; i < config->settings_count; i++) {
		const struct config_setting *one = &config->settings[i];

		if (one->setting == NSC_SETTING_LOG && strcmp(one->value, "off") != 0)
			read_source(sources, one->value, counts);
	}
}
