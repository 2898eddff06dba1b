/* SPDX-License-Identifier: MIT */
/* Reports mistakes in the settings: invalid variables, and lines of noselfconn.conf(5). */
#include "report_settings.h"

#include "report_line.h"

static void write_variable(int fd, unsigned long pid, enum nsc_log log, enum nsc_setting setting)
{
	struct nsc_log_line line;

	nsc_report_line_begin(&line, log, pid);
	nsc_log_line_string(&line, " setting=");
	nsc_log_line_string(&line, nsc_setting_name(setting));
	nsc_log_line_string(&line, " error=\"is not ");
	nsc_log_line_string(&line, nsc_setting_values(setting));
	nsc_log_line_string(&line, "; the default stays in force\"");
	nsc_report_line_end(&line, fd);
}

/* `noselfconnctl config` names the others. */
static void write_mistake(int fd, unsigned long pid, const struct nsc_in_force *in_force)
{
	struct nsc_log_line line;

	nsc_report_line_begin(&line, in_force->settings.log, pid);
	nsc_log_line_string(&line, " file=" NSC_CONFIG_PATH);
	if (in_force->line) {
		nsc_log_line_string(&line, " line=");
		nsc_log_line_number(&line, in_force->line, 1);
	}
	nsc_log_line_string(&line, " mistakes=");
	nsc_log_line_number(&line, in_force->mistakes, 1);
	nsc_log_line_string(&line, " error=\"");
	nsc_log_line_string(&line, nsc_config_reason(in_force->reason));
	if (in_force->reason == NSC_CONFIG_NO_VALUE) {
		nsc_log_line_string(&line, " ");
		nsc_log_line_string(&line, nsc_config_values(in_force->setting));
	}
	nsc_log_line_string(&line, in_force->line ? "\"" : "; the file is ignored\"");
	nsc_report_line_end(&line, fd);
}

static void report_variables(int fd, unsigned long pid, enum nsc_log log)
{
	static unsigned reported; /* a bool would take libatomic on riscv64 */

	if (!nsc_settings.misunderstood || __atomic_exchange_n(&reported, 1, __ATOMIC_RELAXED))
		return;
	for (int i = 0; i < NSC_SETTINGS; i++)
		if (nsc_settings.misunderstood & 1U << i)
			write_variable(fd, pid, log, (enum nsc_setting)i);
}

static void report_file(int fd, unsigned long pid, const struct nsc_in_force *in_force)
{
	static uint32_t reported;
	uint32_t first = (uint32_t)in_force->line << 8 | in_force->reason;

	if (__atomic_exchange_n(&reported, first, __ATOMIC_RELAXED) != first && in_force->mistakes)
		write_mistake(fd, pid, in_force);
}

void nsc_report_settings(int fd, unsigned long pid, const struct nsc_in_force *in_force)
{
	report_variables(fd, pid, in_force->settings.log);
	report_file(fd, pid, in_force);
}
