/* SPDX-License-Identifier: MIT */
/* Reads what an ELF file (elf(5)) says about itself, without loading it. Trusts nothing in it. */
#include "elf_file.h"

#include <elf.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elf_segments.h"
#include "message.h"

int elf_read_loader(int fd, char *path, size_t size)
{
	struct elf_segments segments;
	struct elf_segment segment;
	int result = elf_find_segments(fd, &segments);

	*path = '\0';
	for (unsigned i = 0; !result && i < segments.count; i++) {
		result = elf_read_segment(fd, &segments, i, &segment);
		if (result || segment.type != PT_INTERP)
			continue;
		if (segment.size == 0 || segment.size > size)
			return -ENOEXEC;
		result = elf_read_at(fd, path, (size_t)segment.size, segment.at);
		path[segment.size - 1] = '\0';
		return result ? result : 1;
	}
	return result;
}

int elf_is_interpreted(int fd)
{
	char path[PATH_MAX];

	return elf_read_loader(fd, path, sizeof path);
}

static bool is_within(uint64_t at, uint64_t size, uint64_t file_size)
{
	return at <= file_size && size <= file_size - at;
}

enum elf_state elf_judge(int fd, struct elf_abi *abi)
{
	struct elf_segments segments;
	struct elf_segment segment;
	struct stat status;
	uint64_t size;

	if (fstat(fd, &status))
		return ELF_GARBAGE;
	if (status.st_size == 0)
		return ELF_EMPTY;
	if (elf_read_abi(fd, abi) || elf_find_segments(fd, &segments) ||
	    (segments.type != ET_DYN && segments.type != ET_EXEC))
		return ELF_GARBAGE;
	size = (uint64_t)status.st_size;
	for (unsigned i = 0; i < segments.count; i++)
		if (elf_read_segment(fd, &segments, i, &segment) ||
		    !is_within(segment.at, segment.size, size))
			return ELF_TRUNCATED;
	return is_within(segments.sections_at, segments.sections_size, size) ? ELF_SOUND
									     : ELF_TRUNCATED;
}

/* Elf32_Nhdr and Elf64_Nhdr have the same layout. */
static const char *version_in(const unsigned char *notes, size_t size)
{
	static const char owner[] = "noselfconn";
	enum { NOTE_VERSION = 1 };
	Elf32_Nhdr head;

	for (size_t at = 0, name, text; size - at >= sizeof head;) {
		memcpy(&head, notes + at, sizeof head);
		name = at + sizeof head;
		if (head.n_namesz > size - name)
			break;
		text = name + ((head.n_namesz + (size_t)3) & ~(size_t)3);
		if (text > size || head.n_descsz > size - text)
			break;
		if (head.n_type == NOTE_VERSION && head.n_namesz == sizeof owner &&
		    memcmp(notes + name, owner, sizeof owner) == 0) {
			char *version = message_format("%.*s", (int)head.n_descsz,
						       (const char *)notes + text);

			version[strspn(version, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN"
						"OPQRSTUVWXYZ.-+~")] = '\0';
			return *version ? version : NULL;
		}
		at = text + ((head.n_descsz + (size_t)3) & ~(size_t)3);
		if (at > size)
			break;
	}
	return NULL;
}

const char *elf_version(int fd)
{
	unsigned char notes[4096];
	struct elf_segments segments;
	struct elf_segment segment;
	const char *version = NULL;
	int result = elf_find_segments(fd, &segments);

	for (unsigned i = 0; !result && !version && i < segments.count; i++) {
		result = elf_read_segment(fd, &segments, i, &segment);
		if (!result && segment.type == PT_NOTE && segment.size <= sizeof notes &&
		    !elf_read_at(fd, notes, (size_t)segment.size, segment.at))
			version = version_in(notes, (size_t)segment.size);
	}
	return version;
}

bool elf_is_loader(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	return fnmatch("ld-*.so*", name, 0) == 0 || fnmatch("ld.so*", name, 0) == 0 ||
	       fnmatch("ld64.so*", name, 0) == 0;
}

bool elf_is_glibc_loader(const char *path)
{
	const char *slash = strrchr(path, '/');

	return elf_is_loader(path) && strncmp(slash ? slash + 1 : path, "ld-musl", 7) != 0;
}
