/* SPDX-License-Identifier: MIT */
/* Builds a line of text without stdio and malloc. Cuts off what does not fit. */
#ifndef NSC_LOG_LINE_H
#define NSC_LOG_LINE_H

#include <stddef.h>

#include "address.h"

struct nsc_log_line {
	char text[384];
	size_t size; /* bytes used of `text`, which is not terminated */
};

void nsc_log_line_string(struct nsc_log_line *line, const char *string);

/* Adds `string` with "_" for each space, quote, "=" and byte that is not printable ASCII. */
void nsc_log_line_word(struct nsc_log_line *line, const char *string);

/* Adds `number` in decimal, with leading zeros up to `digits` digits. */
void nsc_log_line_number(struct nsc_log_line *line, unsigned long number, int digits);

/* Adds 127.0.0.1:80, [::1]:80 or [fe80::1%2]:80 (RFC 5952; the scope is an interface index). */
void nsc_log_line_address(struct nsc_log_line *line, const union nsc_address *address);

/* Adds a newline. If there is no room, it replaces the last byte. */
void nsc_log_line_end(struct nsc_log_line *line);

#endif
