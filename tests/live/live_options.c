/* SPDX-License-Identifier: MIT */
/*
 * Every option that this kernel can set survives a repair. A refusal would hide that, because the
 * kernel tears down a refused socket. So the network loses packets, and the test compares two
 * sockets whose connection is in progress: one was repaired, the other never was a self-connection.
 */
#include "live_option.h"

#include <linux/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

enum { LAST_OPTION = 127 };

struct candidate {
	socklen_t length;
	const void *bytes;
};

#define INT(n)                             \
	{                                  \
		sizeof(int), (const int[]) \
		{                          \
			n                  \
		}                          \
	}

/*
 * The test uses the first value that the kernel accepts and that differs from the default. Small
 * numbers come first: a minimal TTL of 100 would drop packets.
 */
static const struct candidate candidates[] = {
	INT(1),
	INT(0),
	INT(2),
	INT(3),
	INT(5),
	INT(20000),
	INT(100),
	INT(64),
	INT(1000),
	INT(600),
	INT(-1),
	INT(31),
	{16, (const long[]){7, 0}},             /* struct timeval */
	{8, (const int[]){1, 7}},               /* struct linger */
	{8, (const int[]){CLOCK_MONOTONIC, 1}}, /* struct sock_txtime */
	{3, "lo"},                              /* a device */
	{5, "reno"},                            /* a congestion control; */
	{6, "cubic"},                           /* if that is the default, this */
	{4, "\1\1\1"},                          /* IP options: no operation */
	{8, "\0\0\1\4\0\0\0"},                  /* an IPv6 extension header: padding */
};

/* Options that are not settings, or that would end the connect() under test. */
static bool left_out(int level, int option)
{
	static const struct {
		int level, option;
	} these[] = {
		{SOL_SOCKET, SO_INCOMING_CPU}, /* each packet sets it */
		{SOL_SOCKET, SO_ATTACH_FILTER},
		{SOL_SOCKET, SO_ATTACH_BPF}, /* see test_an_attached_... */
		{TCP, TCP_REPAIR},           /* for restoring checkpoints: see unit_detect.c */
		{TCP, TCP_QUICKACK},         /* not permanent, tcp(7): connecting sets it */
		{IPPROTO_IP, 51 /* IP_LOCAL_PORT_RANGE */}, /* has a test below */
	};

	for (size_t i = 0; i < sizeof these / sizeof *these; i++)
		if (these[i].level == level && these[i].option == option)
			return true;
	return false;
}

/*
 * The two congestion bits (ECN) of the traffic class, which belong to TCP. Before Linux 5.12 a
 * caller could set them until the connection was made (INET_ECN_dontxmit()).
 */
static bool is_the_kernels(int level, int option, const struct candidate *candidate)
{
	enum { ECN = 3 };

	return level == IPPROTO_IPV6 && option == IPV6_TCLASS && candidate->length == sizeof(int) &&
	       *(const int *)candidate->bytes & ECN;
}

/* Sets the option to a value other than its default. Returns the candidate's index or -1. */
static int set(int fd, int level, int option)
{
	struct value before = get(fd, level, option), after;

	if (before.error)
		return -1;
	for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
		if (is_the_kernels(level, option, &candidates[i]) ||
		    setsockopt(fd, level, option, candidates[i].bytes, candidates[i].length))
			continue;
		after = get(fd, level, option);
		if (!same(&before, &after))
			return (int)i;
	}
	return -1;
}

/* Returns 1 if the option can be set and 0 if not. Fails the test if a repair loses it. */
static int walk_one(const char *address, int level, int option)
{
	struct place to = place(address, PORT), elsewhere = place(address, ELSEWHERE);
	int repaired = tcp_socket(to, SOCK_NONBLOCK), plain = tcp_socket(to, SOCK_NONBLOCK),
	    candidate = -1;

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
		ck_assert_msg(same(&want, &have),
			      "%s, level %d, option %d: %s, and without a repair %s", address,
			      level, option, have_text, want_text);
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
	fprintf(stderr, "# %s, %s: %d options can be set here, and %d are kept\n", address,
		method(), settable, settable);
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

Suite *suite_live_options(void)
{
	Suite *suite = suite_create("options");
	TCase *every = tcase_create("every");

	tcase_set_timeout(every, 60);
	tcase_add_test(every, test_every_option_of_an_ipv4_socket);
	tcase_add_test(every, test_every_option_of_an_ipv6_socket);
	tcase_add_test(every, test_every_option_of_a_v4_mapped_socket);
	suite_add_tcase(suite, every);
	return suite;
}
