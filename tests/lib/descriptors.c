/* SPDX-License-Identifier: MIT */
/* Lists the test's open descriptors and identifies what they refer to. */
#include "descriptors.h"

#include <check.h>
#include <dirent.h>
#include <sys/stat.h>

ino_t inode_of(int fd)
{
	struct stat status;

	ck_assert_int_eq(fstat(fd, &status), 0);
	return status.st_ino;
}

int open_descriptors(void)
{
	DIR *directory = opendir("/proc/self/fd");
	int count = 0;

	ck_assert_ptr_nonnull(directory);
	while (readdir(directory))
		count++;
	closedir(directory);
	return count;
}
