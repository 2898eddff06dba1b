/* SPDX-License-Identifier: MIT */
/* Memory for calls' arguments, in which reading past the caller's bytes faults. */
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096 };

static struct {
	unsigned char *at, *read_only; /* one page, mapped twice; the page behind faults */
	unsigned char put[PAGE];
	size_t size;
} areas[FUZZ_AREAS];

static void *map(int fd, int protection)
{
	unsigned char *at = mmap(NULL, 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED ||
	    mmap(at, PAGE, protection, MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED) {
		perror("fuzz: mmap");
		exit(2);
	}
	return at;
}

void fuzz_memory_map(void)
{
	for (int i = 0; i < FUZZ_AREAS; i++) {
		int fd = memfd_create("fuzz", MFD_CLOEXEC);

		if (fd < 0 || ftruncate(fd, PAGE)) {
			perror("fuzz: memfd_create");
			exit(2);
		}
		areas[i].at = map(fd, PROT_READ | PROT_WRITE);
		areas[i].read_only = map(fd, PROT_READ);
		close(fd);
	}
}

void *fuzz_memory_put(enum fuzz_area area, const void *bytes, size_t size,
		      enum fuzz_pointer pointer)
{
	unsigned char *at = areas[area].at + PAGE - size;

	if (bytes)
		memcpy(at, bytes, size);
	else
		memset(at, 0, size);
	memcpy(areas[area].put, at, size);
	areas[area].size = size;
	switch (pointer) {
	case FUZZ_NULL:
		return NULL;
	case FUZZ_UNMAPPED:
		return areas[area].at + PAGE;
	case FUZZ_READ_ONLY:
		return areas[area].read_only + PAGE - size;
	default:
		return at;
	}
}

bool fuzz_memory_changed(enum fuzz_area area)
{
	size_t size = areas[area].size;

	return memcmp(areas[area].at + PAGE - size, areas[area].put, size) != 0;
}
