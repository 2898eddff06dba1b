/* SPDX-License-Identifier: MIT */
/*
 * The differential fuzzer with random programs from a repeatable seed, or with programs from files.
 *
 * usage: seeded LIBRARY RUNS SECONDS SEED DIRECTORY
 *        seeded LIBRARY FILE...
 *   RUNS, SECONDS  limits; 0 means none
 *   DIRECTORY      gets the inputs that show a difference
 *   FILE...        are run and printed
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fuzz.h"
#include "program.h"

enum { INPUT = 1 + FUZZ_STEPS * FUZZ_STEP_SIZE, ENOUGH = 3 };

static uint64_t state;

/* splitmix64 works equally well with any seed. */
static uint64_t draw(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static void fill(uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i += 8) {
		uint64_t some = draw();

		memcpy(bytes + i, &some, size - i < 8 ? size - i : 8);
	}
}

static void keep(const char *directory, unsigned long long seed, const uint8_t *bytes, size_t size)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof path, "%s/difference-%016llx", directory, seed);
	file = fopen(path, "wb");
	if (!file || fwrite(bytes, 1, size, file) != size || fclose(file)) {
		perror(path);
		exit(2);
	}
	printf("kept as %s\n\n", path);
}

static int by_chance(unsigned long runs, long seconds, unsigned long long seed,
		     const char *directory)
{
	time_t end = time(NULL) + seconds;
	uint8_t bytes[INPUT];

	/* Seeds are spread, so that neighbouring seeds do not go through the same numbers. */
	for (unsigned long i = 0; (runs == 0 || i < runs) && fuzz_tally.differences < ENOUGH; i++) {
		unsigned long long own = (seed << 40) + i;
		size_t size;

		if (seconds && i % 64 == 0 && time(NULL) >= end)
			break;
		state = own;
		size = 1 + FUZZ_STEP_SIZE * (size_t)(1 + draw() % (1 + draw() % FUZZ_STEPS));
		fill(bytes, size);
		if (!fuzz_one(bytes, size))
			keep(directory, own, bytes, size);
	}
	return fuzz_tally.differences ? 1 : 0;
}

static void replay(const char *path)
{
	uint8_t bytes[INPUT];
	FILE *file = fopen(path, "rb");
	size_t size;

	if (!file) {
		perror(path);
		exit(2);
	}
	size = fread(bytes, 1, sizeof bytes, file);
	fclose(file);
	printf("%s\n", path);
	fuzz_replay(bytes, size);
	printf("\n");
}

int main(int count, char **arguments)
{
	int status = 0;

	if (count < 3) {
		fprintf(stderr, "usage: seeded LIBRARY RUNS SECONDS SEED DIRECTORY, or seeded "
				"LIBRARY FILE...\n");
		return 2;
	}
	fuzz_start(arguments[1]);
	if (count == 6 && arguments[2][strspn(arguments[2], "0123456789")] == '\0')
		status = by_chance(strtoul(arguments[2], NULL, 10), strtol(arguments[3], NULL, 10),
				   strtoull(arguments[4], NULL, 10), arguments[5]);
	else
		for (int i = 2; i < count; i++)
			replay(arguments[i]);
	printf("tally %lu %lu %lu %lu %lu %lu %lu\n", fuzz_tally.programs, fuzz_tally.calls,
	       fuzz_tally.prevented, fuzz_tally.deliberate, fuzz_tally.fresh, fuzz_tally.unrepeated,
	       fuzz_tally.differences);
	return status || fuzz_tally.differences ? 1 : 0;
}
