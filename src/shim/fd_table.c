/* SPDX-License-Identifier: MIT */
/* Looks through the process's other descriptors for one that would notice a replaced socket. */
#include "fd_table.h"

#include <linux/stat.h> /* not <sys/stat.h>: musl has no statx() before 1.2.5 */
#include <stdint.h>
#include <string.h>

#include "procfs.h"
#include "sys.h"

/* Small, because the caller's stack may be a coroutine's: the listing is read in pieces. */
enum { LISTING = 96, LINK = 32 };

/* struct linux_dirent64 of getdents64(2). */
struct entry {
	uint64_t inode;
	int64_t offset;
	uint16_t size;
	uint8_t type;
	char name[];
};

/* What is asked about a file; a struct statx has 256 bytes. */
struct file {
	unsigned type;
	uint64_t inode, size;
};

/* Out of line, so that the struct statx is on the stack during the system call only. */
__attribute__((noinline)) static bool look_at(int directory, const char *path, struct file *file)
{
	struct statx status;

	if (nsc_syscall(SYS_statx, directory, (long)path, *path ? 0 : AT_EMPTY_PATH,
			STATX_TYPE | STATX_INO | STATX_SIZE, (long)&status))
		return false;
	*file = (struct file){status.stx_mode & S_IFMT, status.stx_ino, status.stx_size};
	return true;
}

bool nsc_fd_table_is_large(int proc)
{
	struct file listed;

	/* Linux 6.2 and later give the number of descriptors as the size. `proc` is one of them. */
	return look_at(proc, "self/fd", &listed) && listed.size > NSC_FD_TABLE_LOOK + 1;
}

/* All sockets are in one file system, so their inode numbers tell them apart. */
static bool is_socket(const struct file *file, uint64_t inode)
{
	return file->type == S_IFSOCK && file->inode == inode;
}

/* An anonymous inode has no type; a later kernel may give it that of a regular file. */
static bool may_keep_registrations(const struct file *file)
{
	return file->type == 0 || file->type == S_IFREG;
}

__attribute__((noinline)) static bool keeps_registrations(int directory, const char *name)
{
	static const char *const keepers[] = {"anon_inode:[eventpoll]", "anon_inode:[io_uring]"};
	char link[LINK];
	long size =
		nsc_syscall(SYS_readlinkat, directory, (long)name, (long)link, sizeof link - 1, 0);

	if (size <= 0)
		return true;
	link[size] = '\0'; /* perhaps cut short */
	return strcmp(link, keepers[0]) == 0 || strcmp(link, keepers[1]) == 0;
}

static int parse_descriptor(const char *name)
{
	int number = 0;

	if (*name == '.')
		return -1;
	for (; *name; name++)
		number = number * 10 + (*name - '0');
	return number;
}

/* Reading a link costs six times as much as statx(2), so only the unknown types are read. */
static bool notices(int directory, const char *name, const struct file *file, uint64_t socket)
{
	return is_socket(file, socket) ||
	       (may_keep_registrations(file) && keeps_registrations(directory, name));
}

/* The caller has /proc open, too, which is one descriptor more. */
static bool any_notices(int directory, int fd)
{
	_Alignas(uint64_t) char listing[LISTING];
	struct file file;
	uint64_t socket;
	int seen = 0;
	long size;

	if (!look_at(fd, "", &file))
		return true;
	socket = file.inode;
	while ((size = nsc_syscall(SYS_getdents64, directory, (long)listing, sizeof listing, 0,
				   0)) > 0) {
		for (long at = 0; at < size;) {
			const struct entry *entry = (const void *)(listing + at);
			int other = parse_descriptor(entry->name);

			at += entry->size;
			if (other < 0 || other == directory)
				continue;
			if (++seen > NSC_FD_TABLE_LOOK + 1)
				return true;
			if (other != fd && (!look_at(other, "", &file) ||
					    notices(directory, entry->name, &file, socket)))
				return true;
		}
	}
	return size < 0 || seen == 0;
}

bool nsc_fd_table_notices(int proc, int fd)
{
	int directory = nsc_procfs_open_file(proc, "/proc/self/fd", O_DIRECTORY);
	bool noticed;

	if (directory < 0)
		return true;
	noticed = any_notices(directory, fd);
	nsc_close(directory);
	return noticed;
}
