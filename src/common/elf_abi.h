/* SPDX-License-Identifier: MIT */
/* Reads for which machine an ELF file (elf(5)) is. */
#ifndef NSC_ELF_ABI_H
#define NSC_ELF_ABI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Files with the same ABI can be loaded into one process, as far as their heads show. x32 is x86-64
 * with 32 bits. */
struct elf_abi {
	unsigned char bits;   /* ELFCLASS32 or ELFCLASS64 */
	unsigned char endian; /* ELFDATA2LSB or ELFDATA2MSB */
	uint16_t machine;     /* EM_... */
};

bool elf_same_abi(struct elf_abi one, struct elf_abi other);

/* The ABI of the running program. */
struct elf_abi elf_own_abi(void);

/* "64-bit x86-64", for messages. */
const char *elf_abi_name(struct elf_abi abi);

/* Reads the ABI of a file of either byte order. Returns 0; -ENOEXEC if it is not an ELF file;
 * another -errno. */
int elf_read_abi(int fd, struct elf_abi *abi);

/* Reads exactly `size` bytes. Returns 0; -ENOEXEC if the file ends before; another -errno. */
int elf_read_at(int fd, void *to, size_t size, uint64_t at);

#endif
