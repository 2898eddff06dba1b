/* SPDX-License-Identifier: MIT */
/* Reads for which machine an ELF file (elf(5)) is. */
#include "elf_abi.h"

#include <elf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "message.h"

/* The linker defines this: the head of the running program. The fields read here have the same
 * place in both classes. */
extern const Elf32_Ehdr __ehdr_start __attribute__((visibility("hidden")));

int elf_read_at(int fd, void *to, size_t size, uint64_t at)
{
	size_t have = 0;

	if (at > (uint64_t)INT64_MAX - size)
		return -ENOEXEC;
	while (have < size) {
		ssize_t got = pread(fd, (char *)to + have, size - have, (off_t)(at + have));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got ? -errno : -ENOEXEC;
		have += (size_t)got;
	}
	return 0;
}

bool elf_same_abi(struct elf_abi one, struct elf_abi other)
{
	return one.bits == other.bits && one.endian == other.endian && one.machine == other.machine;
}

const char *elf_abi_name(struct elf_abi abi)
{
	static const struct {
		uint16_t machine;
		char name[12];
	} known[] = {{EM_386, "x86"},       {EM_X86_64, "x86-64"}, {EM_ARM, "ARM"},
		     {EM_AARCH64, "ARM"},   {EM_MIPS, "MIPS"},     {EM_PPC, "PowerPC"},
		     {EM_PPC64, "PowerPC"}, {EM_S390, "S/390"},    {EM_SPARCV9, "SPARC"},
		     {EM_RISCV, "RISC-V"},  {258, "LoongArch"}};
	int bits = abi.bits == ELFCLASS64 ? 64 : 32;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].machine == abi.machine)
			return message_format("%d-bit %s", bits, known[i].name);
	return message_format("%d-bit machine %d", bits, abi.machine);
}

int elf_read_abi(int fd, struct elf_abi *abi)
{
	/* It has the same place in both classes, and the byte order of the file. */
	enum { MACHINE = offsetof(Elf64_Ehdr, e_machine) };
	unsigned char head[MACHINE + 2];
	int result = elf_read_at(fd, head, sizeof head, 0);

	if (result)
		return result;
	if (memcmp(head, ELFMAG, SELFMAG) ||
	    (head[EI_CLASS] != ELFCLASS32 && head[EI_CLASS] != ELFCLASS64) ||
	    (head[EI_DATA] != ELFDATA2LSB && head[EI_DATA] != ELFDATA2MSB))
		return -ENOEXEC;
	abi->bits = head[EI_CLASS];
	abi->endian = head[EI_DATA];
	if (abi->endian == ELFDATA2LSB)
		abi->machine = (uint16_t)(head[MACHINE] | head[MACHINE + 1] << 8);
	else
		abi->machine = (uint16_t)(head[MACHINE] << 8 | head[MACHINE + 1]);
	return 0;
}

struct elf_abi elf_own_abi(void)
{
	return (struct elf_abi){__ehdr_start.e_ident[EI_CLASS], __ehdr_start.e_ident[EI_DATA],
				__ehdr_start.e_machine};
}
