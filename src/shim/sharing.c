/* SPDX-License-Identifier: MIT */
/* Would anyone notice a fresh socket on this descriptor? */
#include "sharing.h"

#include <linux/stat.h>
#include <stdint.h>
#include <string.h>

#include "kernel.h"

/* Room for NSC_SHARING_LOOK entries of /proc/self/fd and more: 24 bytes each up to descriptor 9999. */
enum { LISTING = 1024, LINK = 32 };

/* struct linux_dirent64 of getdents64(2). */
struct entry {
	uint64_t inode;
	int64_t offset;
	uint16_t size;
	uint8_t type;
	char name[];
};

static int look_at(const char *path, struct statx *status)
{
	return (int)nsc_syscall(SYS_statx, AT_FDCWD, (long)path, 0, STATX_NLINK | STATX_SIZE, (long)status);
}

/* /proc/self/task has a link for ".", one for "..", and one for each thread (proc_task_getattr()). */
static bool has_one_thread(void)
{
	struct statx status;

	return look_at("/proc/self/task", &status) == 0 && status.stx_nlink == 3;
}

/* Spares the listing where there are many. Before Linux 6.2 the size is always 0. */
static bool has_many_descriptors(void)
{
	struct statx status;

	return look_at("/proc/self/fd", &status) == 0 && status.stx_size > NSC_SHARING_LOOK;
}

/* What the descriptor is, as in "socket:[4711]". Cut short after LINK - 1 bytes. */
static bool read_link(int directory, const char *name, char link[LINK])
{
	long size = nsc_syscall(SYS_readlinkat, directory, (long)name, (long)link, LINK - 1, 0);

	if (size <= 0)
		return false;
	link[size] = '\0';
	return true;
}

static int parse_descriptor(const char *name)
{
	int fd = 0;

	if (*name < '0' || *name > '9')
		return -1; /* "." and ".." */
	for (; *name; name++)
		fd = fd * 10 + (*name - '0');
	return fd;
}

static bool keeps_registrations(const char *link)
{
	return strcmp(link, "anon_inode:[eventpoll]") == 0 || strcmp(link, "anon_inode:[io_uring]") == 0;
}

static const struct entry *entry_at(const char *listing, long at)
{
	return (const void *)(listing + at);
}

static bool find_link(int directory, const char *listing, long size, int fd, char link[LINK])
{
	for (long at = 0; at < size; at += entry_at(listing, at)->size)
		if (parse_descriptor(entry_at(listing, at)->name) == fd)
			return read_link(directory, entry_at(listing, at)->name, link);
	return false;
}

static bool noticed_in(int directory, const char *listing, long size, int fd)
{
	char ours[LINK], link[LINK];

	if (!find_link(directory, listing, size, fd, ours))
		return true;
	for (long at = 0; at < size; at += entry_at(listing, at)->size) {
		const struct entry *entry = entry_at(listing, at);
		int other = parse_descriptor(entry->name);

		if (other < 0 || other == fd || other == directory)
			continue;
		if (!read_link(directory, entry->name, link) || strcmp(link, ours) == 0 || keeps_registrations(link))
			return true;
	}
	return false;
}

static bool descriptors_noticed(int fd)
{
	_Alignas(uint64_t) char listing[LISTING], rest[sizeof(struct entry) + 16];
	int directory = nsc_open("/proc/self/fd", O_RDONLY | O_DIRECTORY, 0);
	bool noticed = true;
	long size;

	if (directory < 0)
		return true;
	size = nsc_syscall(SYS_getdents64, directory, (long)listing, sizeof listing, 0, 0);
	/* One buffer is the bound: what does not fit is not looked at. */
	if (size > 0 && nsc_syscall(SYS_getdents64, directory, (long)rest, sizeof rest, 0, 0) == 0)
		noticed = noticed_in(directory, listing, size, fd);
	nsc_close(directory);
	return noticed;
}

bool nsc_sharing_noticed(int fd)
{
	return !has_one_thread() || has_many_descriptors() || descriptors_noticed(fd);
}
