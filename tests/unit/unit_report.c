/* SPDX-License-Identifier: MIT */
/* report.c: the text of a line, and lines to syslog. */
#include "unit.h"

#include <errno.h>
#include <regex.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "fake_clock.h"
#include "fake_kernel.h"
#include "report.h"
#include "report_setup.h"
#include "loopback.h"

static char written[8192];

/* Answers writes to the file, to standard error or to the socket. */
static long answer_write(const struct fake_call *call, void *unused)
{
	(void)unused;
	strncat(written, (const char *)call->argument[1], (size_t)call->argument[2]);
	return call->argument[2];
}

static void capture(enum nsc_log log)
{
	strcpy(nsc_log_path, "/dev/null");
	report_setup(log);
	fake_kernel_answer(SYS_write, FAKE_EACH, answer_write, NULL);
}

static void assert_matches(const char *pattern)
{
	regex_t compiled;

	ck_assert_int_eq(regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB), 0);
	ck_assert_msg(regexec(&compiled, written, 0, NULL, 0) == 0, "%s does not match %s", written,
		      pattern);
	regfree(&compiled);
}

static const struct {
	long result;
	bool itself;
	const char *outcome;
} outcomes[] = {
	{0, false, "connected"},
	{17, false, "connected"},
	{-EINPROGRESS, false, "in-progress"},
	{-ECONNREFUSED, false, "refused"},
	{-EINTR, false, "interrupted"},
	{-EADDRNOTAVAIL, false, "errno-99"},
	{0, true, "self-connected"},
	{-EINPROGRESS, true, "self-connected"},
};

START_TEST(test_a_line_is_written_as_documented)
{
	char want[256];

	capture(NSC_LOG_FILE);
	report_of("127.0.0.1", "replace", 1, outcomes[_i].result, outcomes[_i].itself);
	snprintf(want, sizeof want,
		 "^time=[0-9]{9,}\\.[0-9]{3} noselfconn: program=%s pid=%d fd=5 "
		 "address=127\\.0\\.0\\.1:40000 "
		 "action=replace retry=1 outcome=%s\n$",
		 program_invocation_short_name, (int)getpid(), outcomes[_i].outcome);
	assert_matches(want);
	ck_assert_uint_eq(fake_kernel_count(SYS_write), 1);
}
END_TEST

START_TEST(test_an_ipv6_line_has_brackets)
{
	capture(NSC_LOG_FILE);
	report_of("::1", "rewind", 2, 0, false);
	assert_matches(" address=\\[::1\\]:40000 action=rewind retry=2 outcome=connected\n$");
}
END_TEST

START_TEST(test_the_time_is_of_this_moment)
{
	time_t before = time(NULL), after;
	long seconds;

	capture(NSC_LOG_FILE);
	report_of("127.0.0.1", "none", 0, 0, true);
	after = time(NULL);
	ck_assert_int_eq(sscanf(written, "time=%ld.", &seconds), 1);
	/* time(2) may lag behind clock_gettime(2) by a tick but never runs ahead of it. */
	ck_assert_int_ge(seconds, before);
	ck_assert_int_le(seconds, after + 1);
}
END_TEST

START_TEST(test_a_clock_that_cannot_be_read_costs_the_time_only)
{
	capture(NSC_LOG_FILE);
	fake_clock_set(-1);
	report();
	assert_matches("^noselfconn: program=[^ ]+ pid=[0-9]+ fd=5 .* outcome=refused\n$");
}
END_TEST

START_TEST(test_off_nothing_is_said_and_nothing_asked)
{
	capture(NSC_LOG_OFF);
	nsc_settings.misunderstood = 0xff;
	nsc_report_start();
	report_of("127.0.0.1", "replace", 1, 0, false);
	ck_assert_uint_eq(fake_kernel_count(FAKE_ANY), 0);
}
END_TEST

START_TEST(test_settings_that_were_misunderstood_are_told_one_line_each)
{
	capture(NSC_LOG_FILE);
	nsc_report_start();
	ck_assert_str_eq(written, "");
	nsc_settings.misunderstood = 1u << NSC_SETTING_RETRIES | 1u << NSC_SETTING_GIVE_UP;
	nsc_report_start();
	assert_matches(
		"^time=[0-9.]+ noselfconn: program=[^ ]+ pid=[0-9]+ setting=NOSELFCONN_RETRIES "
		"error=\"is not a whole number from 0 to 100; the default stays in force\"\n"
		"time=[0-9.]+ noselfconn: program=[^ ]+ pid=[0-9]+ setting=NOSELFCONN_GIVE_UP "
		"error=\"is not relent or refuse; the default stays in force\"\n$");
	ck_assert_uint_eq(fake_kernel_count(SYS_write), 2);
}
END_TEST

START_TEST(test_where_signals_cannot_be_held_off_nothing_is_written)
{
	capture(NSC_LOG_FILE);
	fake_kernel_return(SYS_rt_sigprocmask, FAKE_EACH, -EPERM);
	report_of("127.0.0.1", "replace", 1, 0, false);
	ck_assert_uint_eq(fake_kernel_count(SYS_openat), 0);
	ck_assert_uint_eq(fake_kernel_count(SYS_write), 0);
}
END_TEST

/* The test's log daemon, in place of /dev/log. The kernel chooses its abstract name. */
static struct sockaddr_un daemon_name;
static socklen_t daemon_length = sizeof daemon_name;

static int log_daemon(void)
{
	const struct sockaddr chosen = {.sa_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	ck_assert_int_eq(bind(fd, &chosen, sizeof chosen.sa_family), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&daemon_name, &daemon_length), 0);
	return fd;
}

static long answer_connect(const struct fake_call *call, void *unused)
{
	struct fake_call to_daemon = *call;

	(void)unused;
	ck_assert_str_eq(((const struct sockaddr_un *)call->argument[1])->sun_path, "/dev/log");
	to_daemon.argument[1] = (long)&daemon_name;
	to_daemon.argument[2] = (long)daemon_length;
	return fake_kernel_pass(&to_daemon);
}

static void log_to_daemon(void)
{
	nsc_settings.log = NSC_LOG_SYSLOG;
	fake_kernel_install();
	fake_kernel_answer(SYS_connect, FAKE_EACH, answer_connect, NULL);
}

START_TEST(test_syslog_gets_one_datagram_per_line)
{
	int fd = log_daemon();
	int before = open_descriptors();
	char want[128];

	log_to_daemon();
	report();
	ck_assert_int_gt(recv(fd, written, sizeof written - 1, MSG_DONTWAIT), 0);
	snprintf(want, sizeof want,
		 "^<13>noselfconn\\[%d\\]: program=[^ ]+ pid=%d fd=5 .* outcome=refused\n$",
		 (int)getpid(), (int)getpid());
	assert_matches(want);
	ck_assert_int_eq(recv(fd, written, sizeof written, MSG_DONTWAIT), -1);
	ck_assert_int_eq(open_descriptors(), before);
}
END_TEST

START_TEST(test_a_log_daemon_that_does_not_read_blocks_nobody)
{
	int fd = log_daemon(), lines = 0;

	log_to_daemon();
	do {
		fake_clock_set(1000 + lines);
		report();
	} while (fake_kernel_call(SYS_write, (unsigned)++lines)->result > 0 && lines < 500);
	ck_assert_int_eq(fake_kernel_call(SYS_write, (unsigned)lines)->result, -EAGAIN);
	ck_assert_int_gt(recv(fd, written, sizeof written, MSG_DONTWAIT), 0);
}
END_TEST

static const struct {
	long number;
	int error;
} no_daemon[] = {{SYS_socket, EMFILE},
		 {SYS_connect, ENOENT},
		 {SYS_connect, ECONNREFUSED},
		 {SYS_write, ENOBUFS}};

START_TEST(test_without_a_log_daemon_the_line_is_lost_and_no_descriptor)
{
	int before;

	log_daemon();
	before = open_descriptors();
	log_to_daemon();
	fake_kernel_return(no_daemon[_i].number, 1, -no_daemon[_i].error);
	report();
	ck_assert_uint_eq(fake_kernel_count(no_daemon[_i].number), 1);
	ck_assert_int_eq(open_descriptors(), before);
}
END_TEST

Suite *suite_report(void)
{
	Suite *suite = suite_create("report");
	TCase *text = tcase_create("text"), *syslog = tcase_create("syslog");

	tcase_add_loop_test(text, test_a_line_is_written_as_documented, 0,
			    (int)(sizeof outcomes / sizeof *outcomes));
	tcase_add_test(text, test_an_ipv6_line_has_brackets);
	tcase_add_test(text, test_the_time_is_of_this_moment);
	tcase_add_test(text, test_a_clock_that_cannot_be_read_costs_the_time_only);
	tcase_add_test(text, test_off_nothing_is_said_and_nothing_asked);
	tcase_add_test(text, test_settings_that_were_misunderstood_are_told_one_line_each);
	tcase_add_test(text, test_where_signals_cannot_be_held_off_nothing_is_written);
	suite_add_tcase(suite, text);
	tcase_add_test(syslog, test_syslog_gets_one_datagram_per_line);
	tcase_add_test(syslog, test_a_log_daemon_that_does_not_read_blocks_nobody);
	tcase_add_loop_test(syslog, test_without_a_log_daemon_the_line_is_lost_and_no_descriptor, 0,
			    (int)(sizeof no_daemon / sizeof *no_daemon));
	suite_add_tcase(suite, syslog);
	return suite;
}
