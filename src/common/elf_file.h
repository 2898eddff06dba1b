/* SPDX-License-Identifier: MIT */
/* What an ELF file (elf(5)) says of itself, without loading it: for whom, by whom, and is it whole?
 * Nothing in it is trusted. */
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
	ELF_GARBAGE,  /* no program or shared object of our byte order */
	ELF_TRUNCATED /* shorter than its own tables say; ld.so may die of SIGBUS */
};

/* `abi` is set where ELF_SOUND or ELF_TRUNCATED is returned. */
enum elf_state elf_judge(int fd, struct elf_abi *abi);

/* The version that libnoselfconn.so gives in a note, see src/shim/version.c: a word; NULL where the
 * file has none. */
const char *elf_version(int fd);

#endif
