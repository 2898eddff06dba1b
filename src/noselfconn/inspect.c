/* SPDX-License-Identifier: MIT */
/* Can the shim work in this program? What LD_PRELOAD does not reach (ld.so(8)) is told before it
 * runs, not after. */
#include "inspect.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "elf_file.h"
#include "exec.h"

enum {
	MAX_SCRIPTS = 5, /* interpreters that are scripts themselves: exec_binprm() in the kernel */
	FIRST_LINE_SIZE = 256 /* what the kernel reads of it: BINPRM_BUF_SIZE */
};

/* -1 for what execve(2) would not take. */
static int open_program(const char *path)
{
	/* O_NONBLOCK: a named pipe that nobody writes to is no reason to wait. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat status;

	if (fd < 0)
		return fd;
	if (fstat(fd, &status) || !S_ISREG(status.st_mode) ||
	    faccessat(AT_FDCWD, path, X_OK, AT_EACCESS)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Would execve(2) raise the capabilities of one who is not root: cap_bprm_creds_from_file() in the
 * kernel. */
static bool has_capabilities(int fd)
{
	struct vfs_ns_cap_data data;
	ssize_t size = fgetxattr(fd, "security.capability", &data, sizeof data);
	uint32_t permitted = 0;

	if (getuid() == 0 || size < (ssize_t)XATTR_CAPS_SZ_1)
		return false;
	for (size_t i = 0; i < VFS_CAP_U32; i++)
		if (size >= (ssize_t)(sizeof(uint32_t) * (2 * i + 2)))
			permitted |= data.data[i].permitted;
	return permitted || le32toh(data.magic_etc) & VFS_CAP_FLAGS_EFFECTIVE;
}

/* Programs that execve(2) runs with raised privileges: bprm_fill_uid() in the kernel. */
static enum nsc_obstacle privileges(int fd)
{
	struct stat status;
	struct statvfs mount;

	if (getuid() != geteuid() || getgid() != getegid())
		return NSC_OBSTACLE_RAISED;
	if (fstat(fd, &status) || (fstatvfs(fd, &mount) == 0 && mount.f_flag & ST_NOSUID))
		return NSC_OBSTACLE_NONE;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) {
		if (status.st_mode & S_ISUID && status.st_uid != getuid())
			return NSC_OBSTACLE_SETUID;
		/* Without the group's execute bit it stood for mandatory locking. */
		if (status.st_mode & S_ISGID && status.st_mode & S_IXGRP &&
		    status.st_gid != getgid())
			return NSC_OBSTACLE_SETGID;
	}
	return has_capabilities(fd) ? NSC_OBSTACLE_CAPABILITIES : NSC_OBSTACLE_NONE;
}

/* ld.so run as a program loads what LD_PRELOAD says into the one that it is given. */
static bool is_loader(const char *path)
{
	const char *slash = strrchr(path, '/');

	return fnmatch("ld*.so*", slash ? slash + 1 : path, 0) == 0;
}

/* Where it cannot be told whether there is an interpreter, execve(2) will tell. */
static void inspect_elf(int fd, struct elf_abi library, struct nsc_inspection *inspection)
{
	if (elf_is_interpreted(fd) == 0 && !is_loader(inspection->program))
		inspection->obstacle = NSC_OBSTACLE_STATIC;
	else if (!elf_same_abi(inspection->abi, library))
		inspection->obstacle = NSC_OBSTACLE_ABI;
	else
		inspection->obstacle = privileges(fd);
}

/*
 * Puts the path of what runs a script into `path`, of PATH_MAX bytes; for a text without a #! line
 * that is the shell, see nsc_program_run(). Returns false where it is no script.
 */
static bool find_interpreter(int fd, char *path)
{
	char line[FIRST_LINE_SIZE + 1], found[PATH_MAX];
	char *word, *rest = line + 2;
	ssize_t size = pread(fd, line, FIRST_LINE_SIZE, 0);

	if (size < 0)
		return false;
	line[size] = '\0';
	if (line[0] != '#' || line[1] != '!') {
		strcpy(path, NSC_PROGRAM_SHELL);
		return nsc_program_is_text(fd);
	}
	line[strcspn(line, "\n")] = '\0';
	word = strtok_r(rest, " \t", &rest);
	if (!word)
		return false;
	strcpy(path, word); /* at most FIRST_LINE_SIZE */
	word = strtok_r(rest, " \t", &rest);
	/* env's options and assignments are left to env. */
	if (word && strcmp(path, "/usr/bin/env") == 0 && *word != '-' && !strchr(word, '=') &&
	    nsc_program_find(word, found) == 0)
		strcpy(path, found);
	return true;
}

void nsc_inspect(const char *path, struct elf_abi library, struct nsc_inspection *inspection)
{
	inspection->obstacle = NSC_OBSTACLE_NONE;
	if (strlen(path) >= sizeof inspection->program)
		return;
	strcpy(inspection->program, path);
	for (int scripts = 0; scripts <= MAX_SCRIPTS; scripts++) {
		int fd = open_program(inspection->program), result;
		bool script = false;

		if (fd < 0)
			return;
		result = elf_read_abi(fd, &inspection->abi);
		if (result == 0)
			inspect_elf(fd, library, inspection);
		else if (result == -ENOEXEC)
			script = find_interpreter(fd, inspection->program);
		close(fd);
		if (!script)
			return;
	}
}
