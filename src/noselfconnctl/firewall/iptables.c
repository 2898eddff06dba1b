/* SPDX-License-Identifier: MIT */
/* The rule of firewall/rule.h in the kernel, by the machine's iptables(8) and ip6tables(8). */
#include "firewall/iptables.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "message.h"
#include "run_tool.h"

/* Seconds to wait for another iptables, which may hold the lock. */
#define LOCK_WAIT "10"

static const char *tool(enum rule_family family)
{
	return family == RULE_IPV4 ? "iptables" : "ip6tables";
}

static const char *restore_tool(enum rule_family family)
{
	return family == RULE_IPV4 ? "iptables-restore" : "ip6tables-restore";
}

/* Returns NULL, or what failed. */
static const char *failure(const char *name, int error, const struct tool_run *run)
{
	if (error == -ENOENT)
		return message_format("there is no %s: install the package iptables", name);
	if (error)
		return message_format("%s: %s", name, strerror(-error));
	if (run->status == 0)
		return NULL;
	return message_format("%s: %s", name,
			      *run->errors ? run->errors : "failed, without a message");
}

static bool restore(enum rule_family family, const char *lines)
{
	const char *const arguments[] = {restore_tool(family), "-w", LOCK_WAIT, "--noflush", NULL};
	struct tool_run run = {0};
	int error = run_tool(arguments, message_format("*filter\n%sCOMMIT\n", lines), &run);
	const char *trouble = failure(arguments[0], error, &run);

	if (trouble)
		message_error("%s", trouble);
	return !trouble;
}

bool iptables_has_family(enum rule_family family)
{
	return family == RULE_IPV4 || access("/proc/self/net/if_inet6", F_OK) == 0;
}

/* iptables -S writes a comment of one word without quotes. */
static bool is_ours(const char *line)
{
	const char *comment = strstr(line, " --comment " RULE_COMMENT);

	return comment && strchr(" \n", comment[strlen(" --comment " RULE_COMMENT)]);
}

/* "-c PACKETS BYTES", as -S -v writes it. */
static unsigned long packets_of(const char *line)
{
	const char *counters = strstr(line, " -c ");

	return counters ? strtoul(counters + strlen(" -c "), NULL, 10) : 0;
}

/* The same rule without its counters, which are no part of a deletion; "-A" becomes "-D". */
static const char *deletion_of(const char *line)
{
	const char *counters = strstr(line, " -c "), *rest = counters;

	if (!counters)
		return message_format("-D%s\n", line + strlen("-A"));
	for (int fields = 0; fields < 3; fields++)
		rest = strchr(rest + 1, ' ') ? strchr(rest + 1, ' ') : rest + strlen(rest);
	return message_format("-D%.*s%s\n", (int)(counters - line - 2), line + 2, rest);
}

static void read_line(enum rule_family family, const char *line, bool first,
		      struct iptables_state *state)
{
	if (!is_ours(line))
		return;
	state->rules++;
	state->packets += packets_of(line);
	state->removal = message_format("%s%s", state->removal, deletion_of(line));
	if (first && strstr(line, message_format("\"%s\"", rule_bytecode(family))))
		state->in_force = true;
}

const char *iptables_read(enum rule_family family, struct iptables_state *state)
{
	const char *const arguments[] = {tool(family), "-w", LOCK_WAIT, "-v", "-S", "OUTPUT", NULL};
	struct tool_run run = {0};
	const char *trouble;
	bool first = true;
	char *rest, *line;

	*state = (struct iptables_state){.removal = ""};
	trouble = failure(arguments[0], run_tool(arguments, "", &run), &run);
	if (trouble)
		return trouble;
	for (line = strtok_r(run.output, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (strncmp(line, "-A OUTPUT ", strlen("-A OUTPUT ")) != 0)
			continue;
		read_line(family, line, first, state);
		first = false;
	}
	return NULL;
}

bool iptables_insert(enum rule_family family, const struct iptables_state *state)
{
	return restore(family,
		       message_format("%s-I OUTPUT 1 %s\n", state->removal, rule_text(family)));
}

bool iptables_delete(enum rule_family family, const struct iptables_state *state)
{
	return state->rules == 0 || restore(family, state->removal);
}

const char *iptables_command(enum rule_family family)
{
	return message_format("%s -w " LOCK_WAIT " -I OUTPUT 1 %s", tool(family),
			      rule_text(family));
}
