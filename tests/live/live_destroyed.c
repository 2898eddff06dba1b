/* SPDX-License-Identifier: MIT */
/*
 * A repair restores every setting that a teardown destroys or that a fresh socket lacks, and adds
 * none.
 */
#include "live_option.h"

#include <errno.h>
#include <linux/tcp.h>
#include <string.h>
#include <unistd.h>

/*
 * A socket without settings has none afterwards: values left by the self-connection do not count.
 */
START_TEST(test_defaults_stay_defaults)
{
	static const int options[][2] = {
		{SOL_SOCKET, SO_RCVBUF},   {SOL_SOCKET, 72 /* SO_BUF_LOCK */},
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

		ck_assert_msg(same(&want, &have), "level %d, option %d", options[i][0],
			      options[i][1]);
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
	ck_assert_msg(same(&have, &want), "option %d, set to %d: %s, and without a repair %s",
		      option, value, have_text, want_text);
	/* The setting must have its effect, not just read back. */
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
		struct value want = get(plain, SOL_SOCKET, options[i]),
			     have = get(fd, SOL_SOCKET, options[i]);

		ck_assert_int_eq(memcmp(have.bytes, want.bytes, sizeof(int)), 0);
	}
	close(fd);
	close(plain);
}

START_TEST(test_buffers_that_the_caller_sized)
{
	net_of_two_ports();
	buffers_are_kept(1);
	buffers_are_kept(65536); /* the default size, but set by the caller */
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
	if (setsockopt(fd, IPPROTO_IP, 51 /* IP_LOCAL_PORT_RANGE */, &range, sizeof range))
		tap_skip("this kernel has no IP_LOCAL_PORT_RANGE (Linux 6.3)");
	for (int i = 0; i < 20; i++)
		assert_refused(fd, to);
	have = get(fd, IPPROTO_IP, 51);
	ck_assert_int_eq(memcmp(have.bytes, &range, sizeof range), 0);
	/*
	 * The only port allowed is the one that must not be used, so the kernel has none to give.
	 */
	ck_assert_int_eq(setsockopt(fd, IPPROTO_IP, 51, &other, sizeof other), 0);
	ck_assert_int_eq(shim_connect(fd, to), -1);
	ck_assert_int_eq(errno, EADDRNOTAVAIL);
	close(fd);
	assert_port_free(to);
}
END_TEST

/* Sets a key. A `length` of 0 removes the key for that address. Returns 0 or errno. */
static int md5_key(int fd, struct place peer, unsigned short length)
{
	struct tcp_md5sig key = {.tcpm_keylen = length, .tcpm_key = "key"};

	memcpy(&key.tcpm_addr, &peer.address, sizeof peer.address);
	return setsockopt(fd, TCP, TCP_MD5SIG, &key, sizeof key) ? errno : 0;
}

/* A key cannot be read back, so a fresh socket cannot take it over. */
START_TEST(test_md5_keys)
{
	struct place to = place("127.0.0.1", PORT);
	int fd;

	net_of_two_ports();
	fd = tcp_socket(to, SOCK_NONBLOCK);
	ck_assert_int_eq(md5_key(fd, to, 3), 0);
	ck_assert_int_eq(begin(fd, to), EINPROGRESS);
	ck_assert_msg(!is_self_connected(fd), "connected to itself");
	/* A key can be removed once; the second attempt finds none. */
	ck_assert_int_eq(md5_key(fd, to, 0), 0);
	ck_assert_int_eq(md5_key(fd, to, 0), ENOENT);
	reset(fd);
}
END_TEST

Suite *suite_live_destroyed(void)
{
	Suite *suite = suite_create("destroyed");
	TCase *some = tcase_create("some");

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
