/* SPDX-License-Identifier: MIT */
/* For which machine is an ELF file (elf(5))? */
#ifndef NSC_ELF_ABI_H
#define NSC_ELF_ABI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Two files with the same ABI can be loaded into one process, as far as their heads tell. x32 is
 * x86-64 of 32 bits. */
struct elf_abi {
	unsigned char bits;   /* ELFCLASS32 or ELFCLASS64 */
	unsigned char endian; /* ELFDATA2LSB or ELFDATA2MSB */
	uint16_t machine;     /* EM_... */
};

bool elf_same_abi(struct elf_abi one, struct elf_abi other);

/* That of the running program. */
struct elf_abi elf_own_abi(void);

/* "64-bit x86-64", for messages. */
const char *elf_abi_name(struct elf_abi abi);

/* Reads the ABI alone, of either byte order. Returns 0, -ENOEXEC where it is no ELF file, or
 * another -errno. */
int elf_read_abi(int fd, struct elf_abi *abi);

/* Exactly `size` bytes of a file. Returns 0, -ENOEXEC where it ends before, or another -errno. */
int elf_read_at(int fd, void *to, size_t size, uint64_t at);

#endif
