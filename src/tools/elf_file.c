/* SPDX-License-Identifier: MIT */
/* What the head of an ELF file (elf(5)) says about who can load it. No offset in it is trusted. */
#include "elf_file.h"

#include <elf.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* execve(2) takes no more program headers than fill this: load_elf_phdrs() in the kernel. */
enum { MAX_HEADERS_SIZE = 65536 };

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
enum { OUR_ENDIAN = ELFDATA2LSB };
#else
enum { OUR_ENDIAN = ELFDATA2MSB };
#endif

/* Where the program headers are, in either class. */
struct headers {
	uint64_t offset;
	unsigned size, count;
};

/* Exactly `size` bytes, or -ENOEXEC where the file ends before. */
static int read_at(int fd, void *to, size_t size, uint64_t offset)
{
	size_t have = 0;

	while (have < size) {
		ssize_t got;

		if (offset > (uint64_t)INT64_MAX - size)
			return -ENOEXEC;
		got = pread(fd, (char *)to + have, size - have, (off_t)(offset + have));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			return -ENOEXEC;
		have += (size_t)got;
	}
	return 0;
}

static int read_ident(int fd, struct nsc_abi *abi)
{
	unsigned char ident[EI_NIDENT];
	int result = read_at(fd, ident, sizeof ident, 0);

	if (result)
		return result;
	if (memcmp(ident, ELFMAG, SELFMAG) != 0 || (ident[EI_CLASS] != ELFCLASS32 && ident[EI_CLASS] != ELFCLASS64) ||
	    (ident[EI_DATA] != ELFDATA2LSB && ident[EI_DATA] != ELFDATA2MSB))
		return -ENOEXEC;
	abi->bits = ident[EI_CLASS];
	abi->endian = ident[EI_DATA];
	return 0;
}

/* e_machine is in the same place in both classes, in the file's own byte order. */
static int read_machine(int fd, struct nsc_abi *abi)
{
	unsigned char bytes[2];
	int result = read_at(fd, bytes, sizeof bytes, offsetof(Elf64_Ehdr, e_machine));

	if (result)
		return result;
	if (abi->endian == ELFDATA2LSB)
		abi->machine = (uint16_t)(bytes[0] | bytes[1] << 8);
	else
		abi->machine = (uint16_t)(bytes[0] << 8 | bytes[1]);
	return 0;
}

static int read_headers(int fd, const struct nsc_abi *abi, struct headers *headers)
{
	size_t wanted = abi->bits == ELFCLASS64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	Elf64_Ehdr wide;
	Elf32_Ehdr narrow;
	int result;

	if (abi->bits == ELFCLASS64) {
		result = read_at(fd, &wide, sizeof wide, 0);
		*headers = (struct headers){wide.e_phoff, wide.e_phentsize, wide.e_phnum};
	} else {
		result = read_at(fd, &narrow, sizeof narrow, 0);
		*headers = (struct headers){narrow.e_phoff, narrow.e_phentsize, narrow.e_phnum};
	}
	if (result)
		return result;
	if (headers->size != wanted || !headers->count || headers->size * headers->count > MAX_HEADERS_SIZE)
		return -ENOEXEC;
	return 0;
}

/* Is PT_INTERP among the program headers? 1, 0, or a negative number where that cannot be told. */
static int has_interpreter(int fd, const struct nsc_abi *abi)
{
	struct headers headers;
	int result = read_headers(fd, abi, &headers);

	if (!result && headers.offset > INT64_MAX - MAX_HEADERS_SIZE)
		return -ENOEXEC;
	for (unsigned i = 0; !result && i < headers.count; i++) {
		uint32_t type; /* comes first in both classes */

		result = read_at(fd, &type, sizeof type, headers.offset + (uint64_t)i * headers.size);
		if (!result && type == PT_INTERP)
			return 1;
	}
	return result;
}

int nsc_elf_file_read(int fd, struct nsc_elf_file *file)
{
	int result = read_ident(fd, &file->abi);

	if (!result)
		result = read_machine(fd, &file->abi);
	if (result)
		return result;
	file->interpreted = file->abi.endian != OUR_ENDIAN || has_interpreter(fd, &file->abi) != 0;
	return 0;
}

bool nsc_abi_same(const struct nsc_abi *one, const struct nsc_abi *other)
{
	return one->bits == other->bits && one->endian == other->endian && one->machine == other->machine;
}

void nsc_abi_name(const struct nsc_abi *abi, char *name, unsigned long size)
{
	static const struct {
		uint16_t machine;
		char name[14];
	} known[] = {{EM_386, "x86"},       {EM_X86_64, "x86-64"}, {EM_ARM, "ARM"},    {EM_AARCH64, "ARM"},
	             {EM_MIPS, "MIPS"},     {EM_PPC, "PowerPC"},   {EM_PPC64, "PowerPC"}, {EM_S390, "S/390"},
	             {EM_RISCV, "RISC-V"},  {258, "LoongArch"}};
	int bits = abi->bits == ELFCLASS64 ? 64 : 32;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (known[i].machine == abi->machine) {
			snprintf(name, size, "%d-bit %s", bits, known[i].name);
			return;
		}
	}
	snprintf(name, size, "%d-bit machine %d", bits, abi->machine);
}
