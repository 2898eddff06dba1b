/* SPDX-License-Identifier: MIT */
/* Looking at an ELF file without loading it: is it whole, and for which machine? */
#include "object.h"

#include <elf.h>
#include <link.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl_say.h"

enum { NOTE_VERSION = 1 };

struct header {
	struct object_abi abi;
	unsigned type, segments, segment_size, sections, section_size;
	unsigned long long file_size, segments_at, sections_at;
};

struct segment {
	unsigned type;
	unsigned long long at, size;
};

/* Where the linker puts it: the head of the running program itself. */
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

struct object_abi object_own_abi(void)
{
	return (struct object_abi){__ehdr_start.e_ident[EI_CLASS], __ehdr_start.e_machine};
}

bool object_same_abi(struct object_abi one, struct object_abi other)
{
	return one.elf_class == other.elf_class && one.machine == other.machine;
}

const char *object_abi_name(struct object_abi abi)
{
	static const struct {
		unsigned machine;
		const char *name;
	} known[] = {{EM_386, "x86"},      {EM_X86_64, "x86-64"}, {EM_ARM, "ARM"},     {EM_AARCH64, "ARM64"},
	             {EM_PPC64, "POWER"},  {EM_S390, "S/390"},    {EM_RISCV, "RISC-V"}, {EM_MIPS, "MIPS"},
	             {EM_SPARCV9, "SPARC"}};
	int bits = abi.elf_class == ELFCLASS64 ? 64 : 32;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].machine == abi.machine)
			return say_text("%d-bit %s", bits, known[i].name);
	return say_text("%d-bit machine %u", bits, abi.machine);
}

static bool read_at(int fd, void *buffer, size_t size, unsigned long long at)
{
	return pread(fd, buffer, size, (off_t)at) == (ssize_t)size;
}

#define TAKE_HEADER(source)                                                                                            \
	header->abi.machine = (source).e_machine;                                                                      \
	header->type = (source).e_type;                                                                                \
	header->segments_at = (source).e_phoff;                                                                        \
	header->segments = (source).e_phnum;                                                                           \
	header->segment_size = (source).e_phentsize;                                                                   \
	header->sections_at = (source).e_shoff;                                                                        \
	header->sections = (source).e_shnum;                                                                           \
	header->section_size = (source).e_shentsize

/* An object of the other byte order is garbage to every program that can run here. */
static bool read_header(int fd, struct header *header)
{
	union {
		unsigned char ident[EI_NIDENT];
		Elf32_Ehdr narrow;
		Elf64_Ehdr wide;
	} raw;
	struct stat status;

	if (fstat(fd, &status) || !read_at(fd, raw.ident, sizeof raw.ident, 0) ||
	    memcmp(raw.ident, ELFMAG, SELFMAG) != 0 || raw.ident[EI_DATA] != __ehdr_start.e_ident[EI_DATA])
		return false;
	header->file_size = (unsigned long long)status.st_size;
	header->abi.elf_class = raw.ident[EI_CLASS];
	if (header->abi.elf_class == ELFCLASS64 && read_at(fd, &raw.wide, sizeof raw.wide, 0)) {
		TAKE_HEADER(raw.wide);
		return header->segment_size == sizeof(Elf64_Phdr);
	}
	if (header->abi.elf_class == ELFCLASS32 && read_at(fd, &raw.narrow, sizeof raw.narrow, 0)) {
		TAKE_HEADER(raw.narrow);
		return header->segment_size == sizeof(Elf32_Phdr);
	}
	return false;
}

static bool read_segment(int fd, const struct header *header, unsigned number, struct segment *segment)
{
	unsigned long long at = header->segments_at + (unsigned long long)number * header->segment_size;
	union {
		Elf32_Phdr narrow;
		Elf64_Phdr wide;
	} raw;

	if (!read_at(fd, &raw, header->segment_size, at))
		return false;
	if (header->abi.elf_class == ELFCLASS64)
		*segment = (struct segment){raw.wide.p_type, raw.wide.p_offset, raw.wide.p_filesz};
	else
		*segment = (struct segment){raw.narrow.p_type, raw.narrow.p_offset, raw.narrow.p_filesz};
	return true;
}

static bool within(unsigned long long at, unsigned long long size, const struct header *header)
{
	return at <= header->file_size && size <= header->file_size - at;
}

enum object_state object_judge(int fd, struct object_abi *abi)
{
	struct header header;
	struct segment segment;
	struct stat status;

	if (fstat(fd, &status) == 0 && status.st_size == 0)
		return OBJECT_EMPTY;
	if (!read_header(fd, &header) || header.segments == 0 || (header.type != ET_DYN && header.type != ET_EXEC))
		return OBJECT_GARBAGE;
	*abi = header.abi;
	for (unsigned i = 0; i < header.segments; i++)
		if (!read_segment(fd, &header, i, &segment) || !within(segment.at, segment.size, &header))
			return OBJECT_TRUNCATED;
	if (!within(header.sections_at, (unsigned long long)header.sections * header.section_size, &header))
		return OBJECT_TRUNCATED;
	return OBJECT_SOUND;
}

bool object_is_dynamic_program(int fd)
{
	struct header header;
	struct segment segment;

	if (!read_header(fd, &header))
		return false;
	for (unsigned i = 0; i < header.segments && read_segment(fd, &header, i, &segment); i++)
		if (segment.type == PT_INTERP)
			return true;
	return false;
}

/* Elf32_Nhdr and Elf64_Nhdr are the same. */
static const char *version_in(const unsigned char *notes, size_t size)
{
	static const char owner[] = "noselfconn";
	Elf32_Nhdr head;

	for (size_t at = 0; size - at >= sizeof head;) {
		size_t name, text;

		memcpy(&head, notes + at, sizeof head);
		name = at + sizeof head;
		if (head.n_namesz > size - name)
			break;
		text = name + ((size_t)(head.n_namesz + 3) & ~(size_t)3);
		if (text > size || head.n_descsz > size - text)
			break;
		if (head.n_type == NOTE_VERSION && head.n_namesz == sizeof owner &&
		    memcmp(notes + name, owner, sizeof owner) == 0 && head.n_descsz) {
			char *version = say_text("%.*s", (int)head.n_descsz, (const char *)notes + text);

			version[strcspn(version, " \t\r\n\"\\")] = '\0';
			return version;
		}
		at = text + ((size_t)(head.n_descsz + 3) & ~(size_t)3);
		if (at > size)
			break;
	}
	return NULL;
}

const char *object_version(int fd)
{
	unsigned char notes[4096];
	struct header header;
	struct segment segment;

	if (!read_header(fd, &header))
		return NULL;
	for (unsigned i = 0; i < header.segments && read_segment(fd, &header, i, &segment); i++) {
		const char *version;

		if (segment.type != PT_NOTE || segment.size > sizeof notes ||
		    !read_at(fd, notes, (size_t)segment.size, segment.at))
			continue;
		version = version_in(notes, (size_t)segment.size);
		if (version)
			return version;
	}
	return NULL;
}
