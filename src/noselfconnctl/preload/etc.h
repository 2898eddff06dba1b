/* SPDX-License-Identifier: MIT */
/* The root's /etc, while it is being edited: opened, locked, and /etc/ld.so.preload in it read. */
#ifndef NSC_ETC_H
#define NSC_ETC_H

#include "preload/preload_file.h"
#include "atomic_file.h"

#define ETC_BACKUP PRELOAD_NAME ".noselfconn-backup"

/* `wait` as lock_folder() has it. Says what fails; returns a descriptor, or -1. */
int etc_lock(enum lock_wait wait);

/* Reads ld.so.preload; says what fails. */
bool etc_read(int etc, struct preload_file *file);

#endif
