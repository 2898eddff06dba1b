/* SPDX-License-Identifier: MIT */
/* Finds out before a program runs whether LD_PRELOAD reaches it (ld.so(8)). */
#include "inspect.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
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
	SCRIPTS_MOST =
		5, /* interpreters that are scripts themselves: exec_binprm() in the kernel */
	FIRST_LINE_SIZE = 256 /* BINPRM_BUF_SIZE in the kernel */
};

/* Returns true if execve(2) would take the file for a program. */
static bool is_executable(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
	       faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0;
}

/* cap_bprm_creds_from_file() in the kernel: does execve(2) raise the capabilities of a user who is
 * not root? */
static bool has_capabilities(const char *path)
{
	struct vfs_ns_cap_data data;
	ssize_t size = getxattr(path, "security.capability", &data, sizeof data);
	uint32_t permitted = 0;

	if (getuid() == 0 || size < (ssize_t)XATTR_CAPS_SZ_1)
		return false;
	for (size_t i = 0; i < VFS_CAP_U32; i++)
		if (size >= (ssize_t)(sizeof(uint32_t) * (2 * i + 2)))
			permitted |= data.data[i].permitted;
	return permitted || le32toh(data.magic_etc) & VFS_CAP_FLAGS_EFFECTIVE;
}

/* bprm_fill_uid() in the kernel: does execve(2) raise the privileges of this user? */
static enum obstacle find_privileges(const char *path)
{
	struct stat status;
	struct statvfs mount;

	if (getuid() != geteuid() || getgid() != getegid())
		return OBSTACLE_RAISED;
	if (stat(path, &status) || (statvfs(path, &mount) == 0 && mount.f_flag & ST_NOSUID))
		return OBSTACLE_NONE;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) {
		if (status.st_mode & S_ISUID && status.st_uid != getuid())
			return OBSTACLE_SETUID;
		/* Without the group's execute bit, it means mandatory locking. */
		if (status.st_mode & S_ISGID && status.st_mode & S_IXGRP &&
		    status.st_gid != getgid())
			return OBSTACLE_SETGID;
	}
	return has_capabilities(path) ? OBSTACLE_CAPABILITIES : OBSTACLE_NONE;
}

bool inspect_is_own_loader(const char *loader)
{
	char own[PATH_MAX];
	struct stat one, other;
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int found = fd < 0 ? -1 : elf_read_loader(fd, own, sizeof own);

	if (fd >= 0)
		close(fd);
	return found == 1 && stat(own, &one) == 0 && stat(loader, &other) == 0 &&
	       one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/* If the file does not tell whether it has a loader, execve(2) reports the error. */
static void inspect_elf(int fd, struct elf_abi library, struct inspection *inspection)
{
	int found = elf_read_loader(fd, inspection->loader, sizeof inspection->loader);

	/* An ld.so that is run as a program obeys LD_PRELOAD in the program that it starts. */
	if (found == 0 && elf_is_loader(inspection->program))
		strcpy(inspection->loader, inspection->program);
	else if (found == 0)
		inspection->obstacle = OBSTACLE_STATIC;
	if (inspection->obstacle == OBSTACLE_NONE && !elf_same_abi(inspection->abi, library))
		inspection->obstacle = OBSTACLE_ABI;
	if (inspection->obstacle == OBSTACLE_NONE)
		inspection->obstacle = find_privileges(inspection->program);
}

/*
 * Puts the interpreter of a script into `path`, of PATH_MAX bytes: the shell for a text without a
 * #! line, as in exec_run(). Returns false if the file is not a script.
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
		strcpy(path, EXEC_SHELL);
		return exec_is_text(fd);
	}
	line[strcspn(line, "\n")] = '\0';
	word = strtok_r(rest, " \t", &rest);
	if (!word)
		return false;
	strcpy(path, word); /* at most FIRST_LINE_SIZE */
	word = strtok_r(rest, " \t", &rest);
	/* What env does with options and assignments is not followed. */
	if (word && strcmp(path, "/usr/bin/env") == 0 && *word != '-' && !strchr(word, '=') &&
	    exec_find(word, found) == 0)
		strcpy(path, found);
	return true;
}

/* Returns true if the program is a script, with its interpreter in `program` then. */
static bool inspect_one(struct elf_abi library, struct inspection *inspection)
{
	bool script = false;
	int fd, result;

	if (!is_executable(inspection->program))
		return false;
	/* O_NONBLOCK: another file may have taken the name, a FIFO for instance. */
	fd = open(inspection->program, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		inspection->obstacle = find_privileges(inspection->program);
		if (inspection->obstacle == OBSTACLE_NONE)
			inspection->obstacle = OBSTACLE_UNREADABLE;
		return false;
	}
	result = elf_read_abi(fd, &inspection->abi);
	if (result == 0)
		inspect_elf(fd, library, inspection);
	else if (result == -ENOEXEC)
		script = find_interpreter(fd, inspection->program);
	close(fd);
	return script;
}

void inspect(const char *path, struct elf_abi library, struct inspection *inspection)
{
	inspection->obstacle = OBSTACLE_NONE;
	*inspection->loader = '\0';
	if (strlen(path) >= sizeof inspection->program)
		return;
	strcpy(inspection->program, path);
	for (int scripts = 0; scripts <= SCRIPTS_MOST; scripts++)
		if (!inspect_one(library, inspection))
			return;
}
