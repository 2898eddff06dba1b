/* SPDX-License-Identifier: MIT */
/* A noselfconn.conf that a test writes, in the place of the machine's own. */
#include "fake_config.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>

#include "config_file.h"
#include "fake_kernel.h"

struct fake_config fake_config;

static unsigned long secure;
static char other[512];

unsigned long __real_getauxval(unsigned long type);
unsigned long __wrap_getauxval(unsigned long type);

unsigned long __wrap_getauxval(unsigned long type)
{
	return type == AT_SECURE ? secure : __real_getauxval(type);
}

void fake_config_secure(unsigned long is_secure)
{
	secure = is_secure;
}

static bool is_config(long path)
{
	return strcmp((const char *)path, NSC_CONFIG_PATH) == 0;
}

static long answer_statx(const struct fake_call *call, void *unused)
{
	struct statx *status = (struct statx *)call->argument[4];
	bool by_path = is_config(call->argument[1]);

	(void)unused;
	if (!by_path && call->argument[0] != FAKE_CONFIG_FD)
		return fake_kernel_pass(call);
	if (by_path) {
		ck_assert(call->argument[2] & AT_SYMLINK_NOFOLLOW);
		if (!fake_config.text)
			return -ENOENT;
	}
	memset(status, 0, sizeof *status);
	status->stx_mode = (unsigned short)fake_config.mode;
	status->stx_uid = by_path ? fake_config.owner : fake_config.owner_when_open;
	status->stx_size = fake_config.announced;
	return 0;
}

static long answer_openat(const struct fake_call *call, void *unused)
{
	const long must = O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC;

	(void)unused;
	if (!is_config(call->argument[1])) {
		if (strncmp((const char *)call->argument[1], "/proc", 5) == 0)
			return fake_kernel_pass(call);
		snprintf(other, sizeof other, "%s", (const char *)call->argument[1]);
		fake_config.log = other;
		fake_config.flags = call->argument[2];
		return fake_kernel_pass(call);
	}
	ck_assert_int_eq(call->argument[2] & (must | O_ACCMODE), must | O_RDONLY);
	fake_config.opened++;
	fake_config.position = 0;
	return FAKE_CONFIG_FD;
}

static long answer_read(const struct fake_call *call, void *unused)
{
	size_t size = fake_config.size - fake_config.position;

	(void)unused;
	if (call->argument[0] != FAKE_CONFIG_FD)
		return fake_kernel_pass(call);
	ck_assert_int_gt(call->argument[2], 0);
	if (size > (size_t)call->argument[2])
		size = (size_t)call->argument[2];
	if (size > fake_config.piece)
		size = fake_config.piece;
	memcpy((void *)call->argument[1], fake_config.text + fake_config.position, size);
	fake_config.position += size;
	return (long)size;
}

static long answer_close(const struct fake_call *call, void *unused)
{
	(void)unused;
	if (call->argument[0] != FAKE_CONFIG_FD)
		return fake_kernel_pass(call);
	fake_config.closed++;
	return 0;
}

void fake_config_install(const char *text)
{
	size_t size = text ? strlen(text) : 0;

	fake_config = (struct fake_config){
		.text = text, .size = size, .piece = 65536, .mode = S_IFREG | 0644};
	fake_config.announced = size;
	fake_kernel_answer(SYS_statx, FAKE_EACH, answer_statx, NULL);
	fake_kernel_answer(SYS_openat, FAKE_EACH, answer_openat, NULL);
	fake_kernel_answer(SYS_read, FAKE_EACH, answer_read, NULL);
	fake_kernel_answer(SYS_close, FAKE_EACH, answer_close, NULL);
}
