/* SPDX-License-Identifier: MIT */
/* What the tests of report.c share: the fake kernel and sample repairs to report. */
#include "report_setup.h"

#include <errno.h>

#include "fake_kernel.h"
#include "report.h"
#include "loopback.h"

void report_setup(enum nsc_log log)
{
	nsc_settings.log = log;
	nsc_report_start();
	fake_kernel_install();
}

void report_of(const char *address, const char *action, unsigned retry, long result, bool itself)
{
	union nsc_address both = loopback_address(address, 40000);
	struct nsc_in_force in_force = {.settings = nsc_settings};
	struct nsc_event event = {5, retry, &both, action, &in_force, result, itself};

	nsc_report_repair(&event);
}

void report(void)
{
	/*
	 * Not by loopback_address(): its ck_assert() writes to a file, which a test may have
	 * forbidden.
	 */
	union nsc_address both = {.in = {AF_INET, htons(40000), {htonl(INADDR_LOOPBACK)}, {0}}};
	struct nsc_in_force in_force = {.settings = nsc_settings};
	struct nsc_event event = {5, 1, &both, "replace", &in_force, -ECONNREFUSED, false};

	nsc_report_repair(&event);
}
