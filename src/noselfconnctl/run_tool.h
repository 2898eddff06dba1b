/* SPDX-License-Identifier: MIT */
/* Running one of the machine's own tools, without a shell and with a time limit. */
#ifndef NSC_RUN_TOOL_H
#define NSC_RUN_TOOL_H

enum { RUN_TOOL_ARGUMENTS = 16, RUN_TOOL_SECONDS = 60, RUN_TOOL_OUTPUT = 4 * 1024 * 1024 };

struct tool_run {
	int status;   /* exit status; 128 + N for signal N */
	char *output; /* standard output, from malloc */
	char *errors; /* standard error, without the newlines at its end */
};

/*
 * Runs `arguments`, at most RUN_TOOL_ARGUMENTS of them and then NULL, with `input` on standard
 * input. The first is looked up in /usr/sbin, /usr/bin, /sbin and /bin only; the environment is
 * PATH with these and LC_ALL=C. A tool that takes longer than RUN_TOOL_SECONDS is killed. Returns
 * 0, -ENOENT where there is no such tool, -ETIME, -EFBIG for more than RUN_TOOL_OUTPUT bytes of
 * output, or another -errno.
 */
int run_tool(const char *const arguments[], const char *input, struct tool_run *run);

#endif
