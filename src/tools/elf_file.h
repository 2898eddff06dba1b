/* SPDX-License-Identifier: MIT */
/* What the head of an ELF file (elf(5)) says about who can load it. No offset in it is trusted. */
#ifndef NSC_ELF_FILE_H
#define NSC_ELF_FILE_H

#include <stdbool.h>
#include <stdint.h>

/* Two files with the same ABI can be loaded into one process, as far as their heads tell. */
struct nsc_abi {
	unsigned char bits;   /* ELFCLASS32 or ELFCLASS64 */
	unsigned char endian; /* ELFDATA2LSB or ELFDATA2MSB */
	uint16_t machine;     /* EM_... */
};

struct nsc_elf_file {
	struct nsc_abi abi;
	bool interpreted; /* ld.so loads it (PT_INTERP). True also where that cannot be told. */
};

/*
 * Reads the head of the file behind `fd`. Returns 0, -ENOEXEC where it is no ELF file, or another -errno. A file of
 * the other endianness is not read beyond its ABI.
 */
int nsc_elf_file_read(int fd, struct nsc_elf_file *file);

bool nsc_abi_same(const struct nsc_abi *one, const struct nsc_abi *other);

/* "64-bit x86-64", or with a number for a machine that has no name here; into `name`, of `size` bytes. */
void nsc_abi_name(const struct nsc_abi *abi, char *name, unsigned long size);

#endif
