/* SPDX-License-Identifier: MIT */
/* address.c: copying, comparing and reading addresses. */
#include "unit.h"

#include <arpa/inet.h>
#include <string.h>

#include "address.h"

static union nsc_address ipv4(const char *text, unsigned port)
{
	union nsc_address address = {
		.in = {.sin_family = AF_INET, .sin_port = htons((in_port_t)port)}};

	ck_assert_int_eq(inet_pton(AF_INET, text, &address.in.sin_addr), 1);
	return address;
}

static union nsc_address ipv6(const char *text, unsigned port, unsigned scope)
{
	union nsc_address address = {.in6 = {.sin6_family = AF_INET6,
					     .sin6_port = htons((in_port_t)port),
					     .sin6_scope_id = scope}};

	ck_assert_int_eq(inet_pton(AF_INET6, text, &address.in6.sin6_addr), 1);
	return address;
}

START_TEST(test_copy_takes_ipv4_of_full_length_only)
{
	union nsc_address from = ipv4("127.0.0.1", 80), to;

	ck_assert(nsc_address_copy(&to, &from.any, sizeof from.in));
	ck_assert(nsc_address_equal(&from, &to));
	ck_assert(nsc_address_copy(&to, &from.any, 128));
	ck_assert(!nsc_address_copy(&to, &from.any, sizeof from.in - 1));
	ck_assert(!nsc_address_copy(&to, &from.any, 0));
}
END_TEST

START_TEST(test_copy_takes_ipv6_without_a_scope)
{
	union nsc_address from = ipv6("fe80::1", 80, 7), to;

	ck_assert(nsc_address_copy(&to, &from.any, 24));
	ck_assert_uint_eq(to.in6.sin6_scope_id, 0);
	/* A truncated scope counts as no scope. */
	ck_assert(nsc_address_copy(&to, &from.any, 27));
	ck_assert_uint_eq(to.in6.sin6_scope_id, 0);
	ck_assert(nsc_address_copy(&to, &from.any, 28));
	ck_assert_uint_eq(to.in6.sin6_scope_id, 7);
	ck_assert(!nsc_address_copy(&to, &from.any, 23));
}
END_TEST

START_TEST(test_copy_reads_nothing_of_a_length_of_zero)
{
	union nsc_address to;

	ck_assert(!nsc_address_copy(&to, NULL, 0));
}
END_TEST

START_TEST(test_copy_refuses_other_families)
{
	struct sockaddr_storage from = {.ss_family = AF_UNIX};
	union nsc_address to;

	ck_assert(!nsc_address_copy(&to, (struct sockaddr *)&from, sizeof from));
	from.ss_family = AF_UNSPEC;
	ck_assert(!nsc_address_copy(&to, (struct sockaddr *)&from, sizeof from));
}
END_TEST

START_TEST(test_wildcards_are_known_in_every_form)
{
	union nsc_address address = ipv4("0.0.0.0", 1);

	ck_assert(nsc_address_is_wildcard(&address));
	address = ipv6("::", 1, 0);
	ck_assert(nsc_address_is_wildcard(&address));
	address = ipv6("::ffff:0.0.0.0", 1, 0);
	ck_assert(nsc_address_is_wildcard(&address));
	address = ipv4("0.0.0.1", 1);
	ck_assert(!nsc_address_is_wildcard(&address));
	address = ipv6("::1", 1, 0);
	ck_assert(!nsc_address_is_wildcard(&address));
	address = ipv6("::ffff:127.0.0.1", 1, 0);
	ck_assert(!nsc_address_is_wildcard(&address));
}
END_TEST

START_TEST(test_equal_compares_family_port_and_address)
{
	union nsc_address a = ipv4("127.0.0.1", 80), b = ipv4("127.0.0.1", 80);

	ck_assert(nsc_address_equal(&a, &b));
	b = ipv4("127.0.0.1", 81);
	ck_assert(!nsc_address_equal(&a, &b));
	b = ipv4("127.0.0.2", 80);
	ck_assert(!nsc_address_equal(&a, &b));
	b = ipv6("::ffff:127.0.0.1", 80, 0);
	ck_assert(!nsc_address_equal(&a, &b));
	a = ipv6("::ffff:127.0.0.1", 80, 0);
	ck_assert(nsc_address_equal(&a, &b));
	b = ipv6("::1", 80, 0);
	ck_assert(!nsc_address_equal(&a, &b));
}
END_TEST

START_TEST(test_equal_takes_a_missing_scope_for_any)
{
	union nsc_address a = ipv6("fe80::1", 80, 2), b = ipv6("fe80::1", 80, 0);

	ck_assert(nsc_address_equal(&a, &b));
	b = ipv6("fe80::1", 80, 3);
	ck_assert(!nsc_address_equal(&a, &b));
}
END_TEST

START_TEST(test_port_and_size_follow_the_family)
{
	union nsc_address a = ipv4("127.0.0.1", 40000), b = ipv6("::1", 40001, 0);

	ck_assert_uint_eq(nsc_address_port(&a), 40000);
	ck_assert_uint_eq(nsc_address_port(&b), 40001);
	ck_assert_uint_eq(nsc_address_size(&a), 16);
	ck_assert_uint_eq(nsc_address_size(&b), 28);
	nsc_address_clear_port(&b);
	ck_assert_uint_eq(nsc_address_port(&b), 0);
}
END_TEST

Suite *suite_address(void)
{
	Suite *suite = suite_create("address");
	TCase *copy = tcase_create("copy"), *ask = tcase_create("ask");

	tcase_add_test(copy, test_copy_takes_ipv4_of_full_length_only);
	tcase_add_test(copy, test_copy_takes_ipv6_without_a_scope);
	tcase_add_test(copy, test_copy_reads_nothing_of_a_length_of_zero);
	tcase_add_test(copy, test_copy_refuses_other_families);
	suite_add_tcase(suite, copy);
	tcase_add_test(ask, test_wildcards_are_known_in_every_form);
	tcase_add_test(ask, test_equal_compares_family_port_and_address);
	tcase_add_test(ask, test_equal_takes_a_missing_scope_for_any);
	tcase_add_test(ask, test_port_and_size_follow_the_family);
	suite_add_tcase(suite, ask);
	return suite;
}
