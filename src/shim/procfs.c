/* SPDX-License-Identifier: MIT */
/* Reading files of the real procfs, and nothing that only looks like it. */
#include "procfs.h"

#include <errno.h>
#include <linux/magic.h>
#include <stdbool.h>

#include "sys.h"

/*
 * The kernel's struct statfs: libc's may have another layout. On s390x the header also defines an
 * fsid_t, which libc has too.
 */
#include <linux/types.h>
#define fsid_t kernel_fsid_t
#include <asm/statfs.h>
#undef fsid_t

static const char root[] = "/proc";

/* Where there is a statfs64(2), libc uses that one, so sandboxes allow it. */
static bool is_procfs(const char *path)
{
#ifdef SYS_statfs64
	struct statfs64 status;

	if (nsc_syscall(SYS_statfs64, (long)path, sizeof status, (long)&status, 0, 0))
		return false;
#else
	struct statfs status;

	if (nsc_syscall(SYS_statfs, (long)path, (long)&status, 0, 0, 0))
		return false;
#endif
	return (unsigned long)status.f_type == PROC_SUPER_MAGIC;
}

int nsc_procfs_open(void)
{
	int proc = nsc_openat(AT_FDCWD, root, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0);

	if (proc < 0 || is_procfs(root))
		return proc;
	nsc_close(proc);
	return -ENOENT;
}

int nsc_procfs_open_file(int proc, const char *path, int flags)
{
	/* Root can mount any file over this one. */
	if (!is_procfs(path))
		return -ENOENT;
	/* Relative to `proc`, because the path /proc may lead elsewhere by now. */
	return nsc_openat(proc, path + sizeof root,
			  flags | O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0);
}

long nsc_procfs_read(int proc, const char *path, char *text, size_t size)
{
	int fd = nsc_procfs_open_file(proc, path, 0);
	long length;

	if (fd < 0)
		return fd;
	length = nsc_read(fd, text, size - 1);
	nsc_close(fd);
	if (length >= 0)
		text[length] = '\0';
	return length;
}
