/* SPDX-License-Identifier: MIT */
/* Builds a line of text without stdio and malloc. Cuts off what does not fit. */
#include "log_line.h"

#include <stdbool.h>
#include <string.h>

static void put(struct nsc_log_line *line, char c)
{
	if (line->size < sizeof line->text)
		line->text[line->size++] = c;
}

void nsc_log_line_string(struct nsc_log_line *line, const char *string)
{
	for (; *string; string++)
		put(line, *string);
}

static bool is_plain(char c)
{
	return c > ' ' && c < 0x7f && c != '"' && c != '=';
}

void nsc_log_line_word(struct nsc_log_line *line, const char *string)
{
	for (; *string; string++)
		if (is_plain(*string))
			put(line, *string);
		else
			put(line, '_');
}

void nsc_log_line_number(struct nsc_log_line *line, unsigned long number, int digits)
{
	char reversed[24];
	int n = 0;

	for (; number || n < digits || n == 0; number /= 10)
		reversed[n++] = (char)('0' + number % 10);
	while (n)
		put(line, reversed[--n]);
}

static void put_hex(struct nsc_log_line *line, unsigned group)
{
	int shift = 12;

	while (shift && !(group >> shift))
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		put(line, "0123456789abcdef"[group >> shift & 15]);
}

static void put_ipv4(struct nsc_log_line *line, const unsigned char *bytes)
{
	for (int i = 0; i < 4; i++) {
		if (i)
			put(line, '.');
		nsc_log_line_number(line, bytes[i], 1);
	}
}

/* RFC 5952 4.2: the longest run of two or more zero groups; of equal runs the first. */
static int longest_zeros(const unsigned groups[8], int *start)
{
	int longest = 1;

	*start = 8;
	for (int i = 0; i < 8; i++) {
		int n = 0;

		while (i + n < 8 && groups[i + n] == 0)
			n++;
		if (n > longest) {
			longest = n;
			*start = i;
		}
		i += n;
	}
	return longest;
}

static void put_ipv6(struct nsc_log_line *line, const unsigned char *bytes)
{
	static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
	unsigned groups[8];
	int start, zeros;

	if (memcmp(bytes, mapped, sizeof mapped) == 0) {
		nsc_log_line_string(line, "::ffff:");
		put_ipv4(line, bytes + sizeof mapped);
		return;
	}
	for (size_t i = 0; i < 8; i++)
		groups[i] = (unsigned)bytes[2 * i] << 8 | bytes[2 * i + 1];
	zeros = longest_zeros(groups, &start);
	for (int i = 0; i < 8; i++) {
		if (i == start) {
			nsc_log_line_string(line, "::");
			i += zeros - 1;
			continue;
		}
		if (i && i != start + zeros)
			put(line, ':');
		put_hex(line, groups[i]);
	}
}

void nsc_log_line_address(struct nsc_log_line *line, const union nsc_address *address)
{
	if (address->any.sa_family == AF_INET6) {
		put(line, '[');
		put_ipv6(line, address->in6.sin6_addr.s6_addr);
		if (address->in6.sin6_scope_id) {
			put(line, '%');
			nsc_log_line_number(line, address->in6.sin6_scope_id, 1);
		}
		put(line, ']');
	} else {
		put_ipv4(line, (const unsigned char *)&address->in.sin_addr);
	}
	put(line, ':');
	nsc_log_line_number(line, nsc_address_port(address), 1);
}

void nsc_log_line_end(struct nsc_log_line *line)
{
	if (line->size == sizeof line->text)
		line->size--;
	put(line, '\n');
}
