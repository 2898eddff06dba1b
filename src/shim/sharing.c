/* SPDX-License-Identifier: MIT */
/* Would anyone notice a fresh socket on this descriptor? */
#include "sharing.h"

#include <errno.h>
#include <linux/stat.h> /* not <sys/stat.h>: musl has no statx() before 1.2.5 */
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>

#include "procfs.h"
#include "sys.h"

/* Room for NSC_SHARING_LOOK entries of /proc/self/fd and more: 24 bytes each up to descriptor 9999.
 */
enum { LISTING = 1024, LINK = 32 };

/* struct linux_dirent64 of getdents64(2). */
struct entry {
	uint64_t inode;
	int64_t offset;
	uint16_t size;
	uint8_t type;
	char name[];
};

static const char *skip_fields(const char *text, int count)
{
	for (; count; count--) {
		text = strchr(text, ' ');
		if (!text)
			return "";
		text++;
	}
	return text;
}

static unsigned long parse_number(const char *text)
{
	unsigned long number = 0;

	/* Coverage leaves out a character above '9': none follows a number in /proc. */
	for (; *text >= '0' && *text <= '9'; text++) /* GCOVR_EXCL_BR_LINE */
		number = number * 10 + (unsigned long)(*text - '0');
	return number;
}

/*
 * proc_pid_stat(5): after the name, which ends at the last parenthesis, come state (3), ..., flags
 * (9), ..., num_threads (20). Of the flags, 0x40 is "forked but didn't exec", as ps(1) shows under
 * F.
 */
static bool is_alone_by_stat(int proc)
{
	enum { FORKED_WITHOUT_EXEC = 0x40 };
	char text[512];
	const char *fields;

	if (nsc_procfs_read(proc, "/proc/self/stat", text, sizeof text) <= 0)
		return false;
	fields = strrchr(text, ')');
	if (!fields)
		return false;
	return !(parse_number(skip_fields(fields, 9 - 2)) & FORKED_WITHOUT_EXEC) &&
	       parse_number(skip_fields(fields, 20 - 2)) == 1;
}

/*
 * Asks for a child's state without taking it (WNOWAIT) or waiting. The kernel would do without the
 * room for an answer; valgrind takes that for a mistake of the program's.
 */
static bool has_no_children(void)
{
	siginfo_t state;

	return nsc_syscall(SYS_waitid, P_ALL, 0, (long)&state, WEXITED | WNOHANG | WNOWAIT | __WALL,
			   0) == -ECHILD;
}

/* Avoids the listing if there are many. Before Linux 6.2 the size is always 0. */
static bool has_many_descriptors(int proc)
{
	struct statx status;

	return nsc_syscall(SYS_statx, proc, (long)"self/fd", 0, STATX_SIZE, (long)&status) == 0 &&
	       status.stx_size > NSC_SHARING_LOOK + 1; /* `proc` itself is one of them */
}

static bool look_at(int fd, struct statx *status)
{
	return nsc_syscall(SYS_statx, fd, (long)"", AT_EMPTY_PATH, STATX_TYPE | STATX_INO,
			   (long)status) == 0;
}

static unsigned type_of(const struct statx *status)
{
	return status->stx_mode & S_IFMT;
}

/* Sockets are all of one file system: their inodes' numbers tell them apart. `ours` is one. */
static bool is_same_socket(const struct statx *ours, const struct statx *other)
{
	return type_of(other) == S_IFSOCK && other->stx_ino == ours->stx_ino;
}

/* What has no inode of its own has no type, and perhaps some day a regular file's. Its link tells
 * what it is. */
static bool may_keep_registrations(const struct statx *status)
{
	return type_of(status) == 0 || type_of(status) == S_IFREG;
}

static bool keeps_registrations(int directory, const char *name)
{
	static const char *const keepers[] = {"anon_inode:[eventpoll]", "anon_inode:[io_uring]"};
	char link[LINK];
	long size =
		nsc_syscall(SYS_readlinkat, directory, (long)name, (long)link, sizeof link - 1, 0);

	if (size <= 0)
		return true;
	link[size] = '\0'; /* cut short, perhaps */
	return strcmp(link, keepers[0]) == 0 || strcmp(link, keepers[1]) == 0;
}

static int parse_descriptor(const char *name)
{
	return *name == '.' ? -1 : (int)parse_number(name);
}

static const struct entry *entry_at(const char *listing, long at)
{
	return (const void *)(listing + at);
}

/* A link is six times as dear as a look: it is read where nothing else tells. */
static bool noticed_in(int directory, const char *listing, long size, int fd)
{
	struct statx ours, status;

	if (!look_at(fd, &ours))
		return true;
	for (long at = 0; at < size; at += entry_at(listing, at)->size) {
		const char *name = entry_at(listing, at)->name;
		int other = parse_descriptor(name);

		if (other < 0 || other == fd || other == directory)
			continue;
		if (!look_at(other, &status) || is_same_socket(&ours, &status))
			return true;
		if (may_keep_registrations(&status) && keeps_registrations(directory, name))
			return true;
	}
	return false;
}

static bool descriptors_noticed(int proc, int fd)
{
	_Alignas(uint64_t) char listing[LISTING], rest[sizeof(struct entry) + 16];
	int directory = nsc_procfs_open_file(proc, "/proc/self/fd", O_DIRECTORY);
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
	int proc = nsc_procfs_open();
	bool noticed;

	if (proc < 0)
		return true;
	/* The cheap checks first: has_many_descriptors() and has_no_children() take one system call
	 * each. */
	noticed = has_many_descriptors(proc) || !has_no_children() || !is_alone_by_stat(proc) ||
		  descriptors_noticed(proc, fd);
	nsc_close(proc);
	return noticed;
}
