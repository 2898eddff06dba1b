/* SPDX-License-Identifier: MIT */
/* The two shields of this machine, what they do not cover, and which one helps a program. */
#include "shields.h"

#include <stddef.h>

#include "json.h"
#include "message.h"
#include "root.h"

static const char *const not_by_library[] = {"static programs", "musl", "raw system calls",
					     "io_uring", "destinations that BPF rewrites"};
static const char *const not_by_firewall[] = {"other network namespaces, such as containers"};

enum {
	NOT_BY_LIBRARY = sizeof not_by_library / sizeof *not_by_library,
	NOT_BY_FIREWALL = sizeof not_by_firewall / sizeof *not_by_firewall
};

void shields_look(bool library, struct shields *shields)
{
	*shields = (struct shields){.library = library};
	shields->unknown = root_is_machine() ? firewall_look(&shields->rule)
					     : "it belongs to a running machine";
}

static void print_gaps(const char *const *gaps, size_t count)
{
	const char *list = gaps[0];

	for (size_t i = 1; i < count; i++)
		list = message_format("%s, %s", list, gaps[i]);
	message_print("          not covered: %s", list);
}

static const char *rule_in_words(const struct shields *shields)
{
	if (shields->unknown)
		return message_format("unknown: %s", shields->unknown);
	switch (firewall_judge(&shields->rule)) {
	case FIREWALL_ON:
		return message_format("on; self-connections refused so far: %lu",
				      firewall_refused(&shields->rule));
	case FIREWALL_OFF:
		return "off";
	default:
		return "not in force for both IP versions: run 'noselfconnctl firewall on'";
	}
}

void shields_print(const struct shields *shields)
{
	message_print("shields:  library: %s", shields->library ? "on" : "off");
	print_gaps(not_by_library, NOT_BY_LIBRARY);
	message_print("          firewall rule: %s", rule_in_words(shields));
	print_gaps(not_by_firewall, NOT_BY_FIREWALL);
}

static void json_gaps(const char *const *gaps, size_t count)
{
	json_open("not_covered", '[');
	for (size_t i = 0; i < count; i++)
		json_string(NULL, gaps[i]);
	json_close();
}

void shields_json(const struct shields *shields)
{
	json_open("shields", '{');
	json_open("library", '{');
	json_boolean("on", shields->library);
	json_gaps(not_by_library, NOT_BY_LIBRARY);
	json_close();
	json_open("firewall", '{');
	if (shields->unknown) {
		json_string("on", NULL);
		json_string("unknown", shields->unknown);
	} else {
		json_boolean("on", firewall_judge(&shields->rule) == FIREWALL_ON);
		json_number("refused", firewall_refused(&shields->rule));
	}
	json_gaps(not_by_firewall, NOT_BY_FIREWALL);
	json_close();
	json_close();
}

#define RULE "'noselfconnctl firewall on'"

const char *shields_advice(enum process_kind kind)
{
	switch (kind) {
	case PROCESS_PROTECTED:
		return "has the library, but connected on purpose or without libc: only " RULE
		       " would have prevented it";
	case PROCESS_DYNAMIC:
		return "does not have the library: 'noselfconnctl enable' or " RULE
		       " would have prevented it";
	case PROCESS_MUSL:
		return "does not have the library: 'noselfconn COMMAND' or " RULE
		       " would have prevented it";
	case PROCESS_STATIC:
		return "is static: only " RULE " would have prevented it";
	default:
		return NULL;
	}
}

void shields_advice_json(const char *key, enum process_kind kind)
{
	json_open(key, '[');
	if (kind == PROCESS_DYNAMIC || kind == PROCESS_MUSL)
		json_string(NULL, "library");
	if (kind != PROCESS_UNKNOWN)
		json_string(NULL, "firewall");
	json_close();
}
