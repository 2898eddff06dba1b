/* SPDX-License-Identifier: MIT */
/* Putting a line of text together without stdio or malloc. What does not fit is cut off. */
#ifndef NSC_LOG_LINE_H
#define NSC_LOG_LINE_H

#include <stddef.h>

#include "address.h"

struct nsc_log_line {
	char text[384];
	size_t size; /* of what is in `text`, which has no terminating 0 */
};

void nsc_log_line_string(struct nsc_log_line *line, const char *string);

/* As it stands, but for bytes that are not printable ASCII, quotes and spaces: "_" for each. */
void nsc_log_line_word(struct nsc_log_line *line, const char *string);

/* In decimal, with zeros in front up to `digits` of them. */
void nsc_log_line_number(struct nsc_log_line *line, unsigned long number, int digits);

/* 127.0.0.1:80, [::1]:80, [fe80::1%2]:80: RFC 5952, the scope as an interface's index. */
void nsc_log_line_address(struct nsc_log_line *line, const union nsc_address *address);

/* Ends the line: a newline, in the place of the last byte where there is no room for it. */
void nsc_log_line_end(struct nsc_log_line *line);

#endif
