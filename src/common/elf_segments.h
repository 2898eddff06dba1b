/* SPDX-License-Identifier: MIT */
/* Reads the tables of an ELF file (elf(5)) of either class as plain numbers, for elf_file.c. */
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
	uint64_t at, size; /* of its bytes in the file */
};

/*
 * Returns 0; -ENOEXEC if the file is not ELF, has the other byte order or ends too early, or if
 * execve(2) would refuse its tables; another -errno.
 */
int elf_find_segments(int fd, struct elf_segments *segments);

/* Returns the same. `number` is less than the count. */
int elf_read_segment(int fd, const struct elf_segments *segments, unsigned number,
		     struct elf_segment *segment);

#endif
