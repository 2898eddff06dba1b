/* SPDX-License-Identifier: MIT */
/* log_line.c: formatting text without stdio. */
#include "unit.h"

#include <arpa/inet.h>
#include <string.h>

#include "log_line.h"

static const char *text_of(struct nsc_log_line *line)
{
	ck_assert_uint_lt(line->size, sizeof line->text);
	line->text[line->size] = '\0';
	return line->text;
}

START_TEST(test_numbers_are_decimal_and_padded_with_zeros)
{
	struct nsc_log_line line = {.size = 0};

	nsc_log_line_number(&line, 0, 1);
	nsc_log_line_string(&line, " ");
	nsc_log_line_number(&line, 40000, 1);
	nsc_log_line_string(&line, " ");
	nsc_log_line_number(&line, 7, 3);
	nsc_log_line_string(&line, " ");
	nsc_log_line_number(&line, 0, 0);
	ck_assert_str_eq(text_of(&line), "0 40000 007 0");
}
END_TEST

START_TEST(test_words_keep_no_byte_that_would_break_the_line)
{
	struct nsc_log_line line = {.size = 0};

	nsc_log_line_word(&line, "a b\n\"c\"=\x7f\x80-d");
	ck_assert_str_eq(text_of(&line), "a_b__c____-d");
}
END_TEST

/* inet_ntop(3) is the reference: glibc follows RFC 5952. */
START_TEST(test_addresses_are_written_as_inet_ntop_does)
{
	static const char *const texts[] = {"::1",
					    "::",
					    "fe80::1",
					    "2001:db8::1:0:0:1",
					    "2001:0:0:1::1",
					    "1:2:3:4:5:6:7:8",
					    "1::",
					    "0:1:2:3:4:5:6:7",
					    "1:0:3:4:5:6:7:8",
					    "::ffff:127.0.0.1",
					    "a:bc:def:1234::"};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		union nsc_address address = {
			.in6 = {.sin6_family = AF_INET6, .sin6_port = htons(80)}};
		struct nsc_log_line line = {.size = 0};
		char want[INET6_ADDRSTRLEN + 8] = "[";

		ck_assert_int_eq(inet_pton(AF_INET6, texts[i], &address.in6.sin6_addr), 1);
		inet_ntop(AF_INET6, &address.in6.sin6_addr, want + 1, INET6_ADDRSTRLEN);
		strcat(want, "]:80");
		nsc_log_line_address(&line, &address);
		ck_assert_str_eq(text_of(&line), want);
	}
}
END_TEST

START_TEST(test_ipv4_and_scopes_are_written)
{
	union nsc_address address = {.in = {.sin_family = AF_INET, .sin_port = htons(65535)}};
	struct nsc_log_line line = {.size = 0};

	inet_pton(AF_INET, "192.0.2.255", &address.in.sin_addr);
	nsc_log_line_address(&line, &address);
	ck_assert_str_eq(text_of(&line), "192.0.2.255:65535");
	memset(&address, 0, sizeof address);
	address.in6.sin6_family = AF_INET6;
	address.in6.sin6_scope_id = 12;
	inet_pton(AF_INET6, "fe80::2", &address.in6.sin6_addr);
	line.size = 0;
	nsc_log_line_address(&line, &address);
	ck_assert_str_eq(text_of(&line), "[fe80::2%12]:0");
}
END_TEST

START_TEST(test_a_line_that_is_too_long_is_cut_and_still_ends)
{
	struct nsc_log_line line = {.size = 0};

	for (int i = 0; i < 1000; i++)
		nsc_log_line_string(&line, "x");
	nsc_log_line_end(&line);
	ck_assert_uint_eq(line.size, sizeof line.text);
	ck_assert_int_eq(line.text[line.size - 1], '\n');
	ck_assert_int_eq(line.text[line.size - 2], 'x');
}
END_TEST

Suite *suite_line(void)
{
	Suite *suite = suite_create("line");
	TCase *text = tcase_create("text");

	tcase_add_test(text, test_numbers_are_decimal_and_padded_with_zeros);
	tcase_add_test(text, test_words_keep_no_byte_that_would_break_the_line);
	tcase_add_test(text, test_addresses_are_written_as_inet_ntop_does);
	tcase_add_test(text, test_ipv4_and_scopes_are_written);
	tcase_add_test(text, test_a_line_that_is_too_long_is_cut_and_still_ends);
	suite_add_tcase(suite, text);
	return suite;
}
