/* SPDX-License-Identifier: MIT */
/* The settings in force for one repair: those of the environment, and of noselfconn.conf(5). */
#include "in_force.h"

#include <errno.h>
#include <linux/stat.h> /* not <sys/stat.h>: musl has no statx() before 1.2.5 */
#include <string.h>

#include "imports.h"
#include "procfs.h"
#include "signals.h"
#include "sys.h"

/*
 * The stack may be a coroutine's, and these phases need much of it. Out of line, one after the
 * other, they do not add up.
 */
#define NOINLINE __attribute__((noinline))

enum { NO_FILE = -1 };

/* Returns 0; or NO_FILE, or the reason why the file at the path, or open as `fd`, is ignored. */
NOINLINE static int refused(int fd, const char *path, int flags)
{
	struct statx status;
	long error = nsc_syscall(SYS_statx, fd, (long)path, flags,
				 STATX_TYPE | STATX_MODE | STATX_UID | STATX_SIZE, (long)&status);

	if (error == -ENOENT || error == -ENOTDIR)
		return NO_FILE;
	if (error)
		return NSC_CONFIG_UNREADABLE;
	return (int)nsc_config_refused(status.stx_mode, status.stx_uid, status.stx_size);
}

/* Returns a descriptor; or -1, and in `why` what refused() returns. */
static int open_file(int *why)
{
	int fd;

	*why = refused(AT_FDCWD, NSC_CONFIG_PATH, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT);
	if (*why)
		return -1;
	fd = nsc_openat(AT_FDCWD, NSC_CONFIG_PATH, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY,
			0);
	*why = fd < 0 ? NSC_CONFIG_UNREADABLE : refused(fd, "", AT_EMPTY_PATH);
	if (!*why)
		return fd;
	if (fd >= 0)
		nsc_close(fd);
	return -1;
}

/* The hash of the path of the executable; 0 for unknown. */
NOINLINE static uint64_t executable(void)
{
	char path[NSC_CONFIG_LINE_MOST];
	int proc = nsc_procfs_open();
	long size;

	if (proc < 0)
		return 0;
	size = nsc_syscall(SYS_readlinkat, proc, (long)"self/exe", (long)path, sizeof path, 0);
	nsc_close(proc);
	return size > 0 ? nsc_config_hash(path, (size_t)size) : 0;
}

/* The file while it is read. */
struct reading {
	struct nsc_config parser;
	struct nsc_in_force *in_force;
	uint64_t executable;
	bool is_ours; /* the lines are for this program */
};

static void take_setting(struct nsc_in_force *in_force, const struct nsc_config_item *item)
{
	nsc_setting_take(&in_force->settings, item->setting, item->text);
	if (item->setting != NSC_SETTING_LOG)
		return;
	in_force->log_size = *item->text == '/' ? (uint8_t)strlen(item->text) : 0;
	in_force->log_offset = (uint16_t)item->offset;
	in_force->log_hash = (uint32_t)nsc_config_hash(item->text, in_force->log_size);
}

static void note_mistake(struct nsc_in_force *in_force, const struct nsc_config_item *item)
{
	if (in_force->mistakes++)
		return;
	in_force->line = (uint16_t)item->line;
	in_force->reason = item->reason;
	in_force->setting = item->setting;
}

static bool is_for_us(const struct reading *reading, const char *section)
{
	/* GCOVR_EXCL_BR_START: every process has AT_EXECFN since Linux 2.6.27. */
	const char *executed = getauxval ? (const char *)getauxval(AT_EXECFN) : NULL;
	/* GCOVR_EXCL_BR_STOP */

	return nsc_config_is_for(section, executed, reading->executable);
}

static bool take(void *data, const struct nsc_config_item *item)
{
	struct reading *reading = data;
	struct nsc_settings scratch;

	switch (item->kind) {
	case NSC_CONFIG_PROGRAM:
		reading->is_ours = is_for_us(reading, item->text);
		break;
	case NSC_CONFIG_MISTAKE:
		note_mistake(reading->in_force, item);
		break;
	default:
		if (!nsc_setting_take(&scratch, item->setting, item->text))
			return false;
		if (reading->is_ours && !(nsc_settings.given & 1U << item->setting))
			take_setting(reading->in_force, item);
	}
	return true;
}

/* Reads and closes the file. Returns the reason why it is ignored, although the handler has had its
 * lines, or 0. */
NOINLINE static int read_file(int fd, uint64_t hash, struct nsc_in_force *in_force)
{
	struct reading reading = {.parser = {.handle = take, .data = &reading},
				  .in_force = in_force,
				  .executable = hash,
				  .is_ours = true};
	unsigned long long total = 0;
	size_t room;
	char *at;
	long length;

	while (at = nsc_config_room(&reading.parser, &room),
	       (length = nsc_read(fd, at, room)) > 0 && total <= NSC_CONFIG_SIZE_MOST) {
		nsc_config_filled(&reading.parser, (size_t)length);
		total += (unsigned long)length;
	}
	nsc_close(fd);
	if (length < 0)
		return NSC_CONFIG_UNREADABLE;
	nsc_config_end(&reading.parser);
	/* It may have grown since it was looked at. */
	return (int)nsc_config_refused(S_IFREG, 0, total);
}

void nsc_in_force_read(struct nsc_in_force *in_force)
{
	struct nsc_signals signals;
	int why, fd;

	*in_force = (struct nsc_in_force){.settings = nsc_settings};
	nsc_signals_hold(&signals);
	fd = open_file(&why);
	if (fd >= 0)
		why = read_file(fd, executable(), in_force);
	nsc_signals_restore(&signals);
	if (why)
		*in_force = (struct nsc_in_force){.settings = nsc_settings};
	if (why > 0) {
		in_force->mistakes = 1;
		in_force->reason = (enum nsc_config_reason)why;
	}
	if (in_force->settings.disabled) {
		in_force->settings.retries = 0;
		in_force->settings.give_up = NSC_GIVE_UP_RELENT;
		in_force->settings.log = NSC_LOG_OFF;
	}
}

/* Reads `size` bytes at the offset, in pieces that fit into `buffer`, which has room for them. */
static bool read_at(int fd, unsigned offset, char *buffer, size_t size)
{
	long length = 1;

	for (; offset && length > 0; offset -= (unsigned)length)
		length = nsc_read(fd, buffer, offset < size ? offset : size);
	for (; size && length > 0; size -= (size_t)length, buffer += length)
		length = nsc_read(fd, buffer, size);
	return length > 0;
}

/* The hash tells whether the file has changed. */
NOINLINE static int open_path(int fd, const struct nsc_in_force *in_force, int flags, int mode)
{
	char path[NSC_CONFIG_LINE_MOST + 1];
	size_t size = in_force->log_size;
	bool is_same = read_at(fd, in_force->log_offset, path, size) &&
		       (uint32_t)nsc_config_hash(path, size) == in_force->log_hash;

	nsc_close(fd);
	if (!is_same)
		return -1;
	path[size] = '\0';
	return nsc_openat(AT_FDCWD, path, flags, mode);
}

int nsc_in_force_open_log(const struct nsc_in_force *in_force, int flags, int mode)
{
	int why, fd = open_file(&why);

	return fd < 0 ? fd : open_path(fd, in_force, flags, mode);
}
