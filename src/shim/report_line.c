/* SPDX-License-Identifier: MIT */
/* What all lines of the log have: how they begin, and how they are written. */
#include "report_line.h"

#include <string.h>

#include "imports.h"
#include "log.h"

static const char *program_name(void)
{
	/* The name by which it was executed. Programs change argv[0] and the name of the thread. */
	/* GCOVR_EXCL_BR_START: every process has AT_EXECFN since Linux 2.6.27. */
	const char *path = getauxval ? (const char *)getauxval(AT_EXECFN) : NULL;
	const char *slash = path ? strrchr(path, '/') : NULL;

	return slash ? slash + 1 : path ? path : "?";
	/* GCOVR_EXCL_BR_STOP */
}

static void put_time(struct nsc_log_line *line)
{
	struct timespec now;

	if (!clock_gettime || clock_gettime(CLOCK_REALTIME, &now))
		return;
	nsc_log_line_string(line, "time=");
	nsc_log_line_number(line, (unsigned long)now.tv_sec, 1);
	nsc_log_line_string(line, ".");
	nsc_log_line_number(line, (unsigned long)now.tv_nsec / 1000000, 3);
	nsc_log_line_string(line, " ");
}

void nsc_report_line_begin(struct nsc_log_line *line, enum nsc_log log, unsigned long pid)
{
	line->size = 0;
	if (log == NSC_LOG_SYSLOG) {
		/* Facility user, severity notice (RFC 3164 4.1.1). */
		nsc_log_line_string(line, "<13>noselfconn[");
		nsc_log_line_number(line, pid, 1);
		nsc_log_line_string(line, "]: ");
	} else {
		if (log == NSC_LOG_FILE)
			put_time(line);
		nsc_log_line_string(line, "noselfconn: ");
	}
	nsc_log_line_string(line, "program=");
	nsc_log_line_word(line, program_name());
	nsc_log_line_string(line, " pid=");
	nsc_log_line_number(line, pid, 1);
}

bool nsc_report_line_end(struct nsc_log_line *line, int fd)
{
	nsc_log_line_end(line);
	return nsc_log_write(fd, line);
}
