/* SPDX-License-Identifier: MIT */
/*
 * Every option that can be set on this kernel is there after a repair. What a refusal leaves of them is another
 * matter: the kernel itself tears down a socket that was refused. So packets are lost here, and sockets whose
 * connection is being made are compared: one repaired, one that never met itself.
 */
#include "live.h"

#include <errno.h>
#include <linux/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { TCP = IPPROTO_TCP, LAST_OPTION = 127, ELSEWHERE = 50000 };

struct value {
	int error;
	socklen_t length;
	unsigned char bytes[256];
};

struct candidate {
	socklen_t length;
	const void *bytes;
};

#define INT(n) {sizeof(int), (const int[]){n}}

/* The first that is taken, and makes a difference, is used. Small numbers first: a TTL of 100 keeps packets out. */
static const struct candidate candidates[] = {
	INT(1), INT(0), INT(2), INT(3), INT(5), INT(20000), INT(100), INT(64), INT(1000), INT(600), INT(-1), INT(31),
	{16, (const long[]){7, 0}},                  /* struct timeval */
	{8, (const int[]){1, 7}},                    /* struct linger */
	{8, (const int[]){CLOCK_MONOTONIC, 1}},      /* struct sock_txtime */
	{3, "lo"},                                   /* a device */
	{5, "reno"},                                 /* a congestion control; */
	{6, "cubic"},                                /* if that is the default, this */
	{4, "\1\1\1"},                               /* IP options: no operation */
	{8, "\0\0\1\4\0\0\0"},                       /* an IPv6 extension header: padding */
};

static bool same(const struct value *a, const struct value *b)
{
	return a->error == b->error && a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

static struct value get(int fd, int level, int option)
{
	struct value value = {.length = sizeof value.bytes};

	if (getsockopt(fd, level, option, value.bytes, &value.length))
		value = (struct value){.error = errno};
	return value;
}

/* Those that are no setting, or make an end of the connect() that the test is about. */
static bool left_out(int level, int option)
{
	static const struct {
		int level, option;
	} these[] = {
		{SOL_SOCKET, SO_INCOMING_CPU}, /* each packet sets it anew */
		{SOL_SOCKET, SO_ATTACH_FILTER}, {SOL_SOCKET, SO_ATTACH_BPF}, /* read in another way; test_an_attached_... */
		{TCP, TCP_REPAIR}, /* a checkpoint being restored, not a connection being made; unit_detect.c */
		{TCP, TCP_QUICKACK}, /* not permanent, tcp(7): connecting sets it anew */
		{IPPROTO_IP, 51 /* IP_LOCAL_PORT_RANGE */}, /* by itself, below */
	};

	for (size_t i = 0; i < sizeof these / sizeof *these; i++)
		if (these[i].level == level && these[i].option == option)
			return true;
	return false;
}

/* Sets the option to something that it is not by default. Returns which candidate, or -1. */
static int set(int fd, int level, int option)
{
	struct value before = get(fd, level, option), after;

	if (before.error)
		return -1;
	for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
		if (setsockopt(fd, level, option, candidates[i].bytes, candidates[i].length))
			continue;
		after = get(fd, level, option);
		if (!same(&before, &after))
			return (int)i;
	}
	return -1;
}

static void print(char *text, const struct value *value)
{
	int n = 0;

	text[0] = '\0';
	if (value->error)
		n = sprintf(text, "error %d ", value->error);
	for (socklen_t i = 0; i < value->length && i < 16; i++)
		n += sprintf(text + n, "%02x", value->bytes[i]);
}

/* Where no connection is ever made, but for one with oneself. */
static void net_of_lost_packets(void)
{
	net_of_two_ports();
	drop("tcp sport 40001 tcp dport 40000");
	drop("tcp dport 50000");
}

static int begin(int fd, struct place where)
{
	return shim_connect(fd, where) ? errno : 0;
}

/* Returns 1 where the option can be set, and 0 otherwise; fails the test where it is lost. */
static int walk_one(const char *address, int level, int option)
{
	struct place to = place(address, PORT), elsewhere = place(address, ELSEWHERE);
	int repaired = tcp_socket(to, SOCK_NONBLOCK), plain = tcp_socket(to, SOCK_NONBLOCK), candidate = -1;

	if (!left_out(level, option))
		candidate = set(repaired, level, option);
	if (candidate >= 0) {
		struct value have, want;
		char have_text[64] = "", want_text[64] = "";

		ck_assert_int_eq(set(plain, level, option), candidate);
		ck_assert_int_eq(begin(repaired, to), begin(plain, elsewhere));
		want = get(plain, level, option);
		have = get(repaired, level, option);
		print(want_text, &want);
		print(have_text, &have);
		ck_assert_msg(same(&want, &have), "%s, level %d, option %d: %s, and without a repair %s", address, level,
		              option, have_text, want_text);
	}
	reset(repaired);
	reset(plain);
	return candidate >= 0;
}

static void walk(const char *address)
{
	static const int levels[] = {SOL_SOCKET, TCP, IPPROTO_IP, IPPROTO_IPV6};
	int settable = 0;

	net_of_lost_packets();
	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
		for (int option = 0; option <= LAST_OPTION; option++)
			settable += walk_one(address, levels[i], option);
	fprintf(stderr, "# %s, %s: %d options can be set here, and %d are kept\n", address, method(), settable, settable);
	ck_assert_int_gt(settable, 50);
}

START_TEST(test_every_option_of_an_ipv4_socket)
{
	walk("127.0.0.1");
}
END_TEST

START_TEST(test_every_option_of_an_ipv6_socket)
{
	walk("::1");
}
END_TEST

START_TEST(test_every_option_of_a_v4_mapped_socket)
{
	walk("::ffff:127.0.0.1");
}
END_TEST

/* A socket with nothing set has nothing set afterwards either: what the self-connection left is not a setting. */
START_TEST(test_defaults_stay_defaults)
{
	static const int options[][2] = {{SOL_SOCKET, SO_RCVBUF},   {SOL_SOCKET, 72 /* SO_BUF_LOCK */},
	                                 {TCP, TCP_WINDOW_CLAMP},   {TCP, TCP_USER_TIMEOUT},
	                                 {TCP, TCP_NOTSENT_LOWAT},  {SOL_SOCKET, SO_PEEK_OFF},
	                                 {SOL_SOCKET, SO_RCVLOWAT}, {IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT}};
	struct place to = place("127.0.0.1", PORT), elsewhere = place("127.0.0.1", ELSEWHERE);
	int repaired, plain;

	net_of_lost_packets();
	repaired = tcp_socket(to, SOCK_NONBLOCK);
	plain = tcp_socket(to, SOCK_NONBLOCK);
	ck_assert_int_eq(begin(repaired, to), begin(plain, elsewhere));
	for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
		struct value want = get(plain, options[i][0], options[i][1]);
		struct value have = get(repaired, options[i][0], options[i][1]);

		ck_assert_msg(same(&want, &have), "level %d, option %d", options[i][0], options[i][1]);
	}
}
END_TEST

static void keeps(int option, int value)
{
	struct place to = place("127.0.0.1", PORT), elsewhere = place("127.0.0.1", ELSEWHERE);
	int repaired = tcp_socket(to, SOCK_NONBLOCK), plain = tcp_socket(to, SOCK_NONBLOCK);
	struct tcp_info have_info = {0}, want_info = {0};
	socklen_t length = sizeof have_info;
	struct value have, want;
	char have_text[64], want_text[64];

	ck_assert_int_eq(setsockopt(repaired, TCP, option, &value, sizeof value), 0);
	ck_assert_int_eq(setsockopt(plain, TCP, option, &value, sizeof value), 0);
	ck_assert_int_eq(begin(repaired, to), EINPROGRESS);
	ck_assert_int_eq(begin(plain, elsewhere), EINPROGRESS);
	have = get(repaired, TCP, option);
	want = get(plain, TCP, option);
	print(have_text, &have);
	print(want_text, &want);
	ck_assert_msg(same(&have, &want), "option %d, set to %d: %s, and without a repair %s", option, value, have_text,
	              want_text);
	/* A setting, and not just a number that is read back. */
	ck_assert_int_eq(getsockopt(repaired, TCP, TCP_INFO, &have_info, &length), 0);
	ck_assert_int_eq(getsockopt(plain, TCP, TCP_INFO, &want_info, &length), 0);
	ck_assert_uint_eq(have_info.tcpi_advmss, want_info.tcpi_advmss);
	reset(repaired);
	reset(plain);
}

START_TEST(test_the_window_clamp_that_tearing_down_destroys)
{
	net_of_lost_packets();
	keeps(TCP_WINDOW_CLAMP, 4000);
	keeps(TCP_WINDOW_CLAMP, 20000);
	keeps(TCP_WINDOW_CLAMP, 60000);
}
END_TEST

START_TEST(test_the_segment_size_that_tearing_down_destroys)
{
	net_of_lost_packets();
	keeps(TCP_MAXSEG, 88);
	keeps(TCP_MAXSEG, 536);
	keeps(TCP_MAXSEG, 1460);
	keeps(TCP_MAXSEG, 32767);
}
END_TEST

START_TEST(test_the_segment_size_without_timestamps)
{
	net_of_lost_packets();
	netns_set("ipv4/tcp_timestamps", "0");
	keeps(TCP_MAXSEG, 1000);
}
END_TEST

static void buffers_are_kept(int size)
{
	struct place to = place("127.0.0.1", PORT);
	int fd = tcp_socket(to, 0), plain = tcp_socket(to, 0);
	static const int options[] = {SO_SNDBUF, SO_RCVBUF};

	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, options[i], &size, sizeof size), 0);
		ck_assert_int_eq(setsockopt(plain, SOL_SOCKET, options[i], &size, sizeof size), 0);
	}
	assert_refused(fd, to);
	for (int i = 0; i < 2; i++) {
		struct value want = get(plain, SOL_SOCKET, options[i]), have = get(fd, SOL_SOCKET, options[i]);

		ck_assert_int_eq(memcmp(have.bytes, want.bytes, sizeof(int)), 0);
	}
	close(fd);
	close(plain);
}

START_TEST(test_buffers_that_the_caller_sized)
{
	net_of_two_ports();
	buffers_are_kept(1);
	buffers_are_kept(65536); /* the default receive buffer, and yet the caller's */
	buffers_are_kept(100000);
}
END_TEST

START_TEST(test_local_port_range)
{
	unsigned range = PORT | (PORT + 1u) << 16, other = PORT | (unsigned)PORT << 16;
	struct place to = place("127.0.0.1", PORT);
	struct value have;
	int fd;

	net(PORT, PORT + 9);
	fd = tcp_socket(to, 0);
	if (setsockopt(fd, IPPROTO_IP, 51 /* IP_LOCAL_PORT_RANGE */, &range, sizeof range)) {
		tap_skip(__func__, "this kernel has no IP_LOCAL_PORT_RANGE (Linux 6.3)");
		return;
	}
	for (int i = 0; i < 20; i++)
		assert_refused(fd, to);
	have = get(fd, IPPROTO_IP, 51);
	ck_assert_int_eq(memcmp(have.bytes, &range, sizeof range), 0);
	/* Nothing but the port that may not be: the kernel has none to give. */
	ck_assert_int_eq(setsockopt(fd, IPPROTO_IP, 51, &other, sizeof other), 0);
	ck_assert_int_eq(shim_connect(fd, to), -1);
	ck_assert_int_eq(errno, EADDRNOTAVAIL);
	close(fd);
	assert_port_free(to);
}
END_TEST

/* A length of 0 takes the key for that address away. Returns 0 or errno. */
static int md5_key(int fd, struct place peer, unsigned short length)
{
	struct tcp_md5sig key = {.tcpm_keylen = length, .tcpm_key = "key"};

	memcpy(&key.tcpm_addr, &peer.address, sizeof peer.address);
	return setsockopt(fd, TCP, TCP_MD5SIG, &key, sizeof key) ? errno : 0;
}

/* A key cannot be read back; neither can one be carried over, then. */
START_TEST(test_md5_keys)
{
	struct place to = place("127.0.0.1", PORT);
	int fd;

	net_of_two_ports();
	fd = tcp_socket(to, SOCK_NONBLOCK);
	ck_assert_int_eq(md5_key(fd, to, 3), 0);
	ck_assert_int_eq(begin(fd, to), EINPROGRESS);
	ck_assert_msg(!is_self_connected(fd), "connected to itself");
	/* A key for an address can be taken away once; a second time there is none. */
	ck_assert_int_eq(md5_key(fd, to, 0), 0);
	ck_assert_int_eq(md5_key(fd, to, 0), ENOENT);
	reset(fd);
}
END_TEST

Suite *suite_live_options(void)
{
	Suite *suite = suite_create("options");
	TCase *every = tcase_create("every"), *some = tcase_create("some");

	tcase_set_timeout(every, 60);
	tcase_add_test(every, test_every_option_of_an_ipv4_socket);
	tcase_add_test(every, test_every_option_of_an_ipv6_socket);
	tcase_add_test(every, test_every_option_of_a_v4_mapped_socket);
	suite_add_tcase(suite, every);
	tcase_add_test(some, test_defaults_stay_defaults);
	tcase_add_test(some, test_the_window_clamp_that_tearing_down_destroys);
	tcase_add_test(some, test_the_segment_size_that_tearing_down_destroys);
	tcase_add_test(some, test_the_segment_size_without_timestamps);
	tcase_add_test(some, test_buffers_that_the_caller_sized);
	tcase_add_test(some, test_local_port_range);
	tcase_add_test(some, test_md5_keys);
	suite_add_tcase(suite, some);
	return suite;
}
