/* SPDX-License-Identifier: MIT */
/* Looking at an ELF file without loading it: is it whole, and for which machine? */
#ifndef NSC_OBJECT_H
#define NSC_OBJECT_H

#include <stdbool.h>

/*
 * What tells one ABI from another: e_ident[EI_CLASS] and e_machine of elf(5); x32 is the 32-bit class
 * of x86-64.
 */
struct object_abi {
	unsigned elf_class, machine;
};

enum object_state {
	OBJECT_SOUND,
	OBJECT_EMPTY,
	OBJECT_GARBAGE, /* no ELF file of this byte order */
	OBJECT_TRUNCATED, /* shorter than its own tables say; ld.so may die of SIGBUS */
};

/* `abi` is set where OBJECT_SOUND or OBJECT_TRUNCATED is returned. */
enum object_state object_judge(int fd, struct object_abi *abi);

bool object_same_abi(struct object_abi one, struct object_abi other);

/* That of noselfconnctl itself. */
struct object_abi object_own_abi(void);

/* "64-bit x86-64", for messages. */
const char *object_abi_name(struct object_abi abi);

/* True where ld.so starts the program: it has an interpreter. A static one never sees /etc/ld.so.preload. */
bool object_is_dynamic_program(int fd);

/*
 * The version that a library gives in a note of owner "noselfconn" and type 1 (elf(5)), as a string
 * without spaces or control characters; NULL where it has none.
 */
const char *object_version(int fd);

#endif
