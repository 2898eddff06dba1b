/* SPDX-License-Identifier: MIT */
/* Reads what an ELF file (elf(5)) says about itself, without loading it. Trusts nothing in it. */
#ifndef NSC_ELF_FILE_H
#define NSC_ELF_FILE_H

#include "elf_abi.h"

/*
 * Puts the path of the program's ld.so (PT_INTERP) into `path`, of `size` bytes. Returns 1, or 0
 * with "" if the program has none; -ENOEXEC if the file has another byte order than this program,
 * ends too early or makes no sense; or another -errno.
 */
int elf_read_loader(int fd, char *path, size_t size);

/* Returns the same, without the path. */
int elf_is_interpreted(int fd);

enum elf_state {
	ELF_SOUND,
	ELF_EMPTY,
	ELF_GARBAGE,  /* neither a program nor a shared object of our byte order */
	ELF_TRUNCATED /* shorter than its own tables say: ld.so may die of SIGBUS */
};

/* Sets `abi` for ELF_SOUND and ELF_TRUNCATED. */
enum elf_state elf_judge(int fd, struct elf_abi *abi);

/* The version that libnoselfconn.so has in a note (src/shim/version.c); NULL if there is none. */
const char *elf_version(int fd);

/* Is this the path of an ld.so, by its name? The second one leaves out musl's. */
bool elf_is_loader(const char *path);
bool elf_is_glibc_loader(const char *path);

#endif
