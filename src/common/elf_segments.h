/* SPDX-License-Identifier: MIT */
/* The tables of an ELF file (elf(5)), of either class, as plain numbers. For elf_file.c. */
#ifndef NSC_ELF_SEGMENTS_H
#define NSC_ELF_SEGMENTS_H

#include <stdint.h>

struct elf_segments {
	unsigned type; /* ET_... of the file */
	unsigned char bits;
	unsigned count, entry_size;
	uint64_t at, sections_at, sections_size;
};

struct elf_segment {
	uint32_t type;     /* PT_... */
	uint64_t at, size; /* of what the file has of it */
};

/*
 * Returns 0; -ENOEXEC for no ELF file, one of the other byte order, one that ends too early, and
 * tables that execve(2) would not take; or another -errno.
 */
int elf_find_segments(int fd, struct elf_segments *segments);

/* Returns the same. `number` is below their count. */
int elf_read_segment(int fd, const struct elf_segments *segments, unsigned number,
		     struct elf_segment *segment);

#endif
