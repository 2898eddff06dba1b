/* SPDX-License-Identifier: MIT */
/* config_file.c: what each line of noselfconn.conf means, which lines are ignored, and why. */
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "config_file.h"

/* The handler's calls, one line each: "1 log=syslog", "2 [curl]", "3 ! reason". */
static char told[4096];
static struct nsc_settings taken;
static char path[256];
static const char *fed;

static bool tell(void *data, const struct nsc_config_item *item)
{
	size_t used = strlen(told);
	char *at = told + used;
	size_t room = sizeof told - used;

	ck_assert_ptr_eq(data, told);
	if (item->kind == NSC_CONFIG_SETTING) {
		if (!nsc_setting_take(&taken, item->setting, item->text))
			return false;
		ck_assert_int_eq(strncmp(fed + item->offset, item->text, strlen(item->text)), 0);
		if (item->setting == NSC_SETTING_LOG)
			strcpy(path, item->text);
		snprintf(at, room, "%u %s=%s\n", item->line, nsc_config_key(item->setting),
			 item->text);
	} else if (item->kind == NSC_CONFIG_PROGRAM) {
		snprintf(at, room, "%u [%s]\n", item->line, item->text);
	} else {
		bool has_values = item->reason == NSC_CONFIG_NO_VALUE;

		ck_assert_str_eq(item->text, nsc_config_reason(item->reason));
		snprintf(at, room, "%u ! %s%s%s\n", item->line, item->text, has_values ? " " : "",
			 has_values ? nsc_config_values(item->setting) : "");
	}
	return true;
}

/* Feeds the file in pieces of at most `piece` bytes. */
static const char *read_bytes(const char *bytes, size_t size, size_t piece)
{
	struct nsc_config config = {.handle = tell, .data = told};

	*told = '\0';
	fed = bytes;
	while (size) {
		size_t room;
		char *at = nsc_config_room(&config, &room);

		ck_assert_uint_gt(room, 0);
		room = room < piece ? room : piece;
		room = room < size ? room : size;
		memcpy(at, bytes, room);
		nsc_config_filled(&config, room);
		bytes += room;
		size -= room;
	}
	nsc_config_end(&config);
	return told;
}

static const char *read_text(const char *text)
{
	return read_bytes(text, strlen(text), 4096);
}

START_TEST(test_keys_values_and_sections_are_told_with_their_lines)
{
	static const char text[] = "# all\n"
				   "\n"
				   "log = syslog\n"
				   "\tretries=5 \t\n"
				   "method   =   rewind\n"
				   "  [program   p2p node ]  \n"
				   "disable = 1\n"
				   " # one\n"
				   "[program /opt/a b/[x]]\n"
				   "give_up = refuse\n"
				   "log = /var/log/a = b #c";
	static const char wanted[] = "3 log=syslog\n"
				     "4 retries=5\n"
				     "5 method=rewind\n"
				     "6 [p2p node]\n"
				     "7 disable=1\n"
				     "9 [/opt/a b/[x]]\n"
				     "10 give_up=refuse\n"
				     "11 log=/var/log/a = b #c\n";

	for (size_t piece = 1; piece < sizeof text + 1; piece++)
		ck_assert_str_eq(read_bytes(text, sizeof text - 1, piece), wanted);
	ck_assert_str_eq(path, "/var/log/a = b #c");
}
END_TEST

START_TEST(test_an_empty_file_says_nothing)
{
	ck_assert_str_eq(read_text(""), "");
	ck_assert_str_eq(read_text("\n \n\t\n#\n"), "");
}
END_TEST

#define NO_PAIR    "neither 'key = value' nor '[program NAME]' nor a comment"
#define NO_SECTION "a section starts with '[program NAME]'; its lines are ignored"
#define NO_PROGRAM "a program is a file name or an absolute path; its lines are ignored"

static const struct {
	const char *line, *reason;
} bad[] = {
	{"log", NO_PAIR},
	{"log syslog", NO_PAIR},
	{"= syslog", "unknown key"},
	{"logs = syslog", "unknown key"},
	{"lo = syslog", "unknown key"},
	{"Log = syslog", "unknown key"},
	{"NOSELFCONN_LOG = syslog", "unknown key"},
	{"\xef\xbb\xbflog = syslog", "unknown key"},
	{"log =", "the value is not off, syslog or an absolute path"},
	{"log = stderr", "the value is not off, syslog or an absolute path"},
	{"log = \"syslog\"", "the value is not off, syslog or an absolute path"},
	{"log = syslog # all", "the value is not off, syslog or an absolute path"},
	{"retries =", "the value is not a whole number from 0 to 100"},
	{"retries = 101", "the value is not a whole number from 0 to 100"},
	{"retries = -1", "the value is not a whole number from 0 to 100"},
	{"disable = yes", "the value is not 0 or 1"},
	{"give_up = never", "the value is not relent or refuse"},
	{"log = syslog\r", "a control character"},
	{"\a", "a control character"},
	{"log = /a\x7f", "a control character"},
	{"[program]", NO_SECTION},
	{"[program curl", NO_SECTION},
	{"[programs curl]", NO_SECTION},
	{"[program curl] #", NO_SECTION},
	{"[", NO_SECTION},
	{"[service x]", NO_SECTION},
	{"[program  ]", NO_PROGRAM},
	{"[program ./curl]", NO_PROGRAM},
	{"[program bin/curl]", NO_PROGRAM},
};

START_TEST(test_a_mistake_is_told_and_the_next_line_counts)
{
	char text[256], wanted[256];

	snprintf(text, sizeof text, "%s\n%s\n", bad[_i].line,
		 *bad[_i].line == '[' ? "[program next]" : "retries = 7");
	snprintf(wanted, sizeof wanted, "1 ! %s\n2 %s\n", bad[_i].reason,
		 *bad[_i].line == '[' ? "[next]" : "retries=7");
	ck_assert_str_eq(read_text(text), wanted);
}
END_TEST

START_TEST(test_a_zero_byte_is_a_mistake)
{
	static const char text[] = "log = /a\0b\n\0\nretries = 7\0\n";

	ck_assert_str_eq(read_bytes(text, sizeof text - 1, 4096), "1 ! a control character\n"
								  "2 ! a control character\n"
								  "3 ! a control character\n");
}
END_TEST

START_TEST(test_the_lines_of_a_section_with_a_mistake_belong_to_no_program)
{
	ck_assert_str_eq(read_text("retries = 1\n"
				   "[programme x]\n"
				   "disable = 1\n"
				   "nonsense\n"
				   "[program y]\n"
				   "retries = 3\n"),
			 "1 retries=1\n"
			 "2 ! " NO_SECTION "\n"
			 "5 [y]\n"
			 "6 retries=3\n");
}
END_TEST

/* Reads a line of this many bytes and another line. */
static const char *read_long(const char *start, size_t size)
{
	char text[1024];

	memset(text, 'x', sizeof text);
	memcpy(text, start, strlen(start));
	memcpy(text + size, "\nretries = 7\n", sizeof "\nretries = 7\n");
	return read_text(text);
}

/* The same wherever the file is cut into pieces. */
static void assert_long(size_t size, size_t piece)
{
	char text[1024];

	memset(text, 'x', sizeof text);
	memcpy(text, "log = /", strlen("log = /"));
	memcpy(text + size, "\nretries = 7", sizeof "\nretries = 7");
	read_bytes(text, strlen(text), piece);
	ck_assert_int_eq(told[2], size < 256 ? 'l' : '!');
	ck_assert_ptr_nonnull(strstr(told, "\n2 retries=7\n"));
}

START_TEST(test_a_line_of_255_bytes_counts_and_a_longer_one_does_not)
{
	read_long("log = /", 255);
	ck_assert_uint_eq(strlen(path), 255 - strlen("log = "));
	ck_assert_ptr_nonnull(strstr(told, "\n2 retries=7\n"));
	ck_assert_str_eq(read_long("log = /", 256), "1 ! longer than 255 bytes\n2 retries=7\n");
	ck_assert_str_eq(read_long("log = /", 900), "1 ! longer than 255 bytes\n2 retries=7\n");
	ck_assert_str_eq(read_long("[program ", 256), "1 ! longer than 255 bytes\n");
	ck_assert_str_eq(read_long("#", 900), "2 retries=7\n");
	for (size_t size = 250; size < 262; size++)
		for (size_t piece = 1; piece < 300; piece += 7)
			assert_long(size, piece);
}
END_TEST

static void assert_refused(unsigned mode, unsigned owner, unsigned long long size, const char *why)
{
	ck_assert_str_eq(nsc_config_reason(nsc_config_refused(mode, owner, size)), why);
}

START_TEST(test_only_a_small_file_that_root_alone_can_change_is_read)
{
	ck_assert_int_eq(nsc_config_refused(S_IFREG | 0644, 0, 65536), NSC_CONFIG_SOUND);
	ck_assert_int_eq(nsc_config_refused(S_IFREG | 0400, 0, 0), NSC_CONFIG_SOUND);
	assert_refused(S_IFREG | 0644, 0, 65537, "larger than 64 KiB");
	assert_refused(S_IFREG | 0644, 1, 10, "not owned by root");
	assert_refused(S_IFREG | 0664, 0, 10, "writable by others than root");
	assert_refused(S_IFREG | 0646, 0, 10, "writable by others than root");
	assert_refused(S_IFIFO | 0644, 0, 0, "not a regular file");
	assert_refused(S_IFDIR | 0755, 0, 0, "not a regular file");
	assert_refused(S_IFLNK | 0777, 0, 0, "not a regular file");
	assert_refused(S_IFCHR | 0644, 0, 0, "not a regular file");
}
END_TEST

static const struct {
	const char *section, *executed, *executable;
	bool fits;
} programs[] = {
	{"curl", "/usr/bin/curl", "/usr/bin/curl", true},
	{"curl", "./curl", NULL, true},
	{"curl", "curl", NULL, true},
	{"backup", "/srv/backup", "/usr/bin/python3", true},
	{"python3", "/srv/backup", "/usr/bin/python3", false},
	{"curl", "/usr/bin/curlx", "/usr/bin/curl", false},
	{"cur", "/usr/bin/curl", "/usr/bin/curl", false},
	{"curl", NULL, "/usr/bin/curl", false},
	{"/usr/bin/curl", "curl", "/usr/bin/curl", true},
	{"/usr/bin/curl", NULL, "/usr/bin/curl", true},
	{"/srv/backup", "/srv/backup", "/usr/bin/python3", true},
	{"/usr/bin/python3", "/srv/backup", "/usr/bin/python3", true},
	{"/bin/curl", "/usr/bin/curl", "/usr/bin/curl", false},
	{"/curl", "curl", NULL, false},
	{"/curl", NULL, NULL, false},
};

START_TEST(test_a_section_is_for_a_file_name_or_for_a_path)
{
	const char *executable = programs[_i].executable;
	uint64_t hash = executable ? nsc_config_hash(executable, strlen(executable)) : 0;

	ck_assert_int_eq(nsc_config_is_for(programs[_i].section, programs[_i].executed, hash),
			 programs[_i].fits);
}
END_TEST

Suite *suite_config_file(void)
{
	Suite *suite = suite_create("config_file");
	TCase *lines = tcase_create("lines"), *files = tcase_create("files");

	tcase_add_test(lines, test_keys_values_and_sections_are_told_with_their_lines);
	tcase_add_test(lines, test_an_empty_file_says_nothing);
	tcase_add_loop_test(lines, test_a_mistake_is_told_and_the_next_line_counts, 0,
			    (int)(sizeof bad / sizeof *bad));
	tcase_add_test(lines, test_a_zero_byte_is_a_mistake);
	tcase_add_test(lines, test_the_lines_of_a_section_with_a_mistake_belong_to_no_program);
	tcase_add_test(lines, test_a_line_of_255_bytes_counts_and_a_longer_one_does_not);
	suite_add_tcase(suite, lines);
	tcase_add_test(files, test_only_a_small_file_that_root_alone_can_change_is_read);
	tcase_add_loop_test(files, test_a_section_is_for_a_file_name_or_for_a_path, 0,
			    (int)(sizeof programs / sizeof *programs));
	suite_add_tcase(suite, files);
	return suite;
}
