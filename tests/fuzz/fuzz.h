/* SPDX-License-Identifier: MIT */
/* The differential fuzzer: runs one input with the shim and without. */
#ifndef NSC_FUZZ_H
#define NSC_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fuzz_tally {
	unsigned long programs;
	unsigned long calls; /* made through the shim */
	unsigned long
		prevented; /* self-connections that the kernel makes, and the shim did not show */
	unsigned long deliberate; /* deliberate: the program bound the port */
	unsigned long fresh;      /* new namespaces after a program had left something behind */
	unsigned long unrepeated; /* differences that did not repeat */
	unsigned long differences;
};

extern struct fuzz_tally fuzz_tally;

/* Call it once, first. `library` as for fuzz_doors_open(). */
void fuzz_start(const char *library);

/* Runs the bytes as a program, both ways. Returns false after printing a difference. */
bool fuzz_one(const uint8_t *bytes, size_t size);

/* Like fuzz_one(), but always prints the program. */
bool fuzz_replay(const uint8_t *bytes, size_t size);

#endif
