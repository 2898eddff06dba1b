/* SPDX-License-Identifier: MIT */
/* freestanding.c: the library's own string functions do what libc's do. */
#include "unit.h"

#include <string.h>

/* Under other names, so that this program keeps libc's. */
#define memcpy                 own_memcpy
#define memset                 own_memset
#define memcmp                 own_memcmp
#define strlen                 own_strlen
#define strncmp                own_strncmp
#define strcmp                 own_strcmp
#define strchr                 own_strchr
#define strrchr                own_strrchr
#define __stack_chk_fail       own_stack_chk_fail
#define __stack_chk_fail_local own_stack_chk_fail_local
void *own_memcpy(void *restrict to, const void *restrict from, size_t size);
void *own_memset(void *memory, int value, size_t size);
int own_memcmp(const void *one, const void *other, size_t size);
size_t own_strlen(const char *string);
int own_strncmp(const char *one, const char *other, size_t size);
int own_strcmp(const char *one, const char *other);
char *own_strchr(const char *string, int character);
char *own_strrchr(const char *string, int character);
#include "../../src/shim/freestanding.c"
#undef memcpy
#undef memset
#undef memcmp
#undef strlen
#undef strncmp
#undef strcmp
#undef strchr
#undef strrchr

static const char *const strings[] = {"", "a", "ab", "abc", "abd", "b", "\xff", "a\xff", "aba"};

enum { STRINGS = sizeof strings / sizeof *strings };

static int sign(int number)
{
	return (number > 0) - (number < 0);
}

START_TEST(test_strings_are_compared)
{
	const char *one = strings[_i / STRINGS], *other = strings[_i % STRINGS];
	size_t size = strlen(one);

	ck_assert_int_eq(sign(own_strcmp(one, other)), sign(strcmp(one, other)));
	for (size_t most = 0; most < 5; most++)
		ck_assert_int_eq(sign(own_strncmp(one, other, most)),
				 sign(strncmp(one, other, most)));
	if (strlen(other) < size)
		size = strlen(other);
	ck_assert_int_eq(sign(own_memcmp(one, other, size)), sign(memcmp(one, other, size)));
}
END_TEST

START_TEST(test_characters_are_found)
{
	const char *string = strings[_i];

	ck_assert_uint_eq(own_strlen(string), strlen(string));
	for (int character = 0; character < 256; character++) {
		ck_assert_ptr_eq(own_strchr(string, character), strchr(string, character));
		ck_assert_ptr_eq(own_strrchr(string, character), strrchr(string, character));
	}
}
END_TEST

START_TEST(test_memory_is_copied_and_set_and_nothing_beside_it)
{
	char text[] = "0123456789";

	ck_assert_ptr_eq(own_memcpy(text + 2, "abc", 3), text + 2);
	ck_assert_str_eq(text, "01abc56789");
	ck_assert_ptr_eq(own_memset(text + 7, 'x' + 256, 2), text + 7);
	ck_assert_str_eq(text, "01abc56xx9");
	own_memcpy(text, "y", 0);
	own_memset(text, 'y', 0);
	ck_assert_str_eq(text, "01abc56xx9");
}
END_TEST

Suite *suite_freestanding(void)
{
	Suite *suite = suite_create("freestanding");
	TCase *strings_case = tcase_create("strings"), *memory = tcase_create("memory");

	tcase_add_loop_test(strings_case, test_strings_are_compared, 0, STRINGS * STRINGS);
	tcase_add_loop_test(strings_case, test_characters_are_found, 0, STRINGS);
	suite_add_tcase(suite, strings_case);
	tcase_add_test(memory, test_memory_is_copied_and_set_and_nothing_beside_it);
	suite_add_tcase(suite, memory);
	return suite;
}
