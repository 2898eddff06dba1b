/* SPDX-License-Identifier: MIT */
/* Reads the tables of an ELF file (elf(5)) of either class as plain numbers, for elf_file.c. */
#include "elf_segments.h"

#include <elf.h>
#include <errno.h>

#include "elf_abi.h"

/* execve(2) accepts no more bytes of program headers: load_elf_phdrs() in the kernel. */
enum { MOST_SIZE = 65536 };

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
enum { OUR_ENDIAN = ELFDATA2LSB };
#else
enum { OUR_ENDIAN = ELFDATA2MSB };
#endif

static int read_wide(int fd, struct elf_segments *segments)
{
	Elf64_Ehdr head = {0};
	int result = elf_read_at(fd, &head, sizeof head, 0);

	*segments =
		(struct elf_segments){.type = head.e_type,
				      .bits = ELFCLASS64,
				      .count = head.e_phnum,
				      .entry_size = head.e_phentsize,
				      .at = head.e_phoff,
				      .sections_at = head.e_shoff,
				      .sections_size = (uint64_t)head.e_shnum * head.e_shentsize};
	return !result && segments->entry_size != sizeof(Elf64_Phdr) ? -ENOEXEC : result;
}

static int read_narrow(int fd, struct elf_segments *segments)
{
	Elf32_Ehdr head = {0};
	int result = elf_read_at(fd, &head, sizeof head, 0);

	*segments =
		(struct elf_segments){.type = head.e_type,
				      .bits = ELFCLASS32,
				      .count = head.e_phnum,
				      .entry_size = head.e_phentsize,
				      .at = head.e_phoff,
				      .sections_at = head.e_shoff,
				      .sections_size = (uint64_t)head.e_shnum * head.e_shentsize};
	return !result && segments->entry_size != sizeof(Elf32_Phdr) ? -ENOEXEC : result;
}

int elf_find_segments(int fd, struct elf_segments *segments)
{
	struct elf_abi abi;
	int result = elf_read_abi(fd, &abi);

	if (!result && abi.endian != OUR_ENDIAN)
		result = -ENOEXEC;
	if (!result)
		result = abi.bits == ELFCLASS64 ? read_wide(fd, segments)
						: read_narrow(fd, segments);
	if (!result &&
	    (segments->count == 0 || segments->count * segments->entry_size > MOST_SIZE ||
	     segments->at > INT64_MAX - MOST_SIZE))
		result = -ENOEXEC;
	return result;
}

int elf_read_segment(int fd, const struct elf_segments *segments, unsigned number,
		     struct elf_segment *segment)
{
	uint64_t at = segments->at + (uint64_t)number * segments->entry_size;
	Elf64_Phdr wide = {0};
	Elf32_Phdr narrow = {0};
	int result;

	if (segments->bits == ELFCLASS64) {
		result = elf_read_at(fd, &wide, sizeof wide, at);
		*segment = (struct elf_segment){wide.p_type, wide.p_offset, wide.p_filesz};
	} else {
		result = elf_read_at(fd, &narrow, sizeof narrow, at);
		*segment = (struct elf_segment){narrow.p_type, narrow.p_offset, narrow.p_filesz};
	}
	return result;
}
