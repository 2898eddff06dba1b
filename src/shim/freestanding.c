/* SPDX-License-Identifier: MIT */
/*
 * The functions of libc that compilers call by themselves, and the few of <string.h> that the shim
 * calls. With them the library needs no libc. They are hidden: no program sees them.
 */
#include <stddef.h>
#include <string.h>

/* Without this in it, compilers turn the loop into a call of the very function that it is in. */
#define KEEP_LOOP() __asm__ volatile("")

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
	char *target = to;
	const char *source = from;

	for (; size; size--) {
		*target++ = *source++;
		KEEP_LOOP();
	}
	return to;
}

void *memset(void *memory, int value, size_t size)
{
	unsigned char *target = memory;

	for (; size; size--) {
		*target++ = (unsigned char)value;
		KEEP_LOOP();
	}
	return memory;
}

int memcmp(const void *one, const void *other, size_t size)
{
	const unsigned char *a = one, *b = other;

	for (; size; a++, b++, size--)
		if (*a != *b)
			return *a - *b;
	return 0;
}

size_t strlen(const char *string)
{
	size_t length = 0;

	for (; string[length]; length++)
		KEEP_LOOP();
	return length;
}

int strncmp(const char *one, const char *other, size_t size)
{
	for (; size; one++, other++, size--)
		if (*one != *other || !*one)
			return (unsigned char)*one - (unsigned char)*other;
	return 0;
}

int strcmp(const char *one, const char *other)
{
	for (; *one == *other && *one; one++, other++)
		KEEP_LOOP();
	return (unsigned char)*one - (unsigned char)*other;
}

char *strchr(const char *string, int character)
{
	for (; *string != (char)character; string++)
		if (!*string)
			return NULL;
	return (char *)(size_t)string;
}

char *strrchr(const char *string, int character)
{
	const char *last = NULL;

	do
		if (*string == (char)character)
			last = string;
	while (*string++);
	return (char *)(size_t)last;
}

/* GCOVR_EXCL_START: a test that gets here is dead. */
/* -fstack-protector calls these if a function has written over its stack. */
__attribute__((noreturn)) void __stack_chk_fail(void);
__attribute__((noreturn)) void __stack_chk_fail_local(void);

void __stack_chk_fail(void)
{
	__builtin_trap();
}

void __stack_chk_fail_local(void)
{
	__builtin_trap();
}
/* GCOVR_EXCL_STOP */
