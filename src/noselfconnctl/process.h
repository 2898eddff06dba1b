/* SPDX-License-Identifier: MIT */
/* What /proc tells about a process of this machine: its name, and how it was built. */
#ifndef NSC_PROCESS_H
#define NSC_PROCESS_H

#include <stdbool.h>

/* From the point of view of the shields. */
enum process_kind {
	PROCESS_UNKNOWN,   /* another user's, or it has ended */
	PROCESS_PROTECTED, /* it has the library */
	PROCESS_DYNAMIC,   /* glibc's ld.so started it, without the library */
	PROCESS_MUSL,      /* another ld.so did, which does not read /etc/ld.so.preload */
	PROCESS_STATIC
};

enum process_kind process_kind(long process);

/* "dynamic" and so on, for JSON; NULL for PROCESS_UNKNOWN. */
const char *process_kind_name(enum process_kind kind);

/* The process's name for itself, which may be anything; "" if it cannot be read. */
const char *process_name(long process);

#endif
