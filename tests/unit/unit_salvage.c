/* SPDX-License-Identifier: MIT */
/* salvage.c: settings that a teardown destroys are found on real self-connections and set again. */
#include "unit.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "fake_kernel.h"
#include "kernel_constants.h"
#include "salvage.h"
#include "tap.h"
#include "loopback.h"
#include "netns.h"

/* In the order of salvage.c's table. */
static const struct {
	int level, option, value;
} destroyed[NSC_SALVAGE_OPTIONS] = {
	{SOL_SOCKET, SO_PEEK_OFF, 3},
	{IPPROTO_TCP, TCP_MAXSEG, 1000},
	{IPPROTO_TCP, TCP_WINDOW_CLAMP, 20000},
	{IPPROTO_TCP, TCP_RTO_MIN_US, 50000},
	{IPPROTO_TCP, TCP_DELACK_MAX_US, 50000},
};
enum { PEEK_OFF, MAXSEG, CLAMP, RTO_MIN, DELACK_MAX, UNKNOWN = -1 };

static int chosen; /* those that the caller sets before connecting */

static int get(int fd, int which)
{
	int value = UNKNOWN;
	socklen_t length = sizeof value;

	if (getsockopt(fd, destroyed[which].level, destroyed[which].option, &value, &length))
		return UNKNOWN;
	return value;
}

static int set(int fd, int which)
{
	return setsockopt(fd, destroyed[which].level, destroyed[which].option,
			  &destroyed[which].value, sizeof(int));
}

static void set_chosen(int fd)
{
	ck_assert_int_eq(set(fd, chosen), 0);
}

static void tear_down(int fd)
{
	struct sockaddr unspecified = {.sa_family = AF_UNSPEC};

	ck_assert_int_eq(connect(fd, &unspecified, sizeof unspecified), 0);
}

static void read_salvage(int fd, struct nsc_salvage *salvage)
{
	struct tcp_info info = {0};
	socklen_t length = sizeof info, size = sizeof(int);
	int family;

	ck_assert_int_eq(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length), 0);
	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size), 0);
	nsc_salvage_read(fd, family, &info, salvage);
}

static const char *const families[] = {"127.0.0.1", "::1"};

START_TEST(test_what_the_caller_had_set_is_read_and_survives_a_teardown)
{
	struct nsc_salvage salvage;
	int fd, want;

	chosen = _i / 2;
	loopback_network(40000, 40001);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	if (set(fd, chosen))
		tap_skip("TCP_RTO_MIN_US and TCP_DELACK_MAX_US are of Linux 6.18");
	/* The kernel rounds times to whole jiffies. */
	want = get(fd, chosen);
	fd = loopback_self_connected(families[_i % 2], set_chosen);
	read_salvage(fd, &salvage);
	ck_assert_int_eq(salvage.value[chosen], want);
	ck_assert(salvage.plain);
	tear_down(fd);
	ck_assert_int_ne(get(fd, chosen), want);
	ck_assert_int_eq(nsc_salvage_restore(fd, &salvage), 0);
	ck_assert_int_eq(get(fd, chosen), want);
}
END_TEST

START_TEST(test_what_the_caller_had_not_set_stays_the_kernels)
{
	struct nsc_salvage salvage;
	int fd, fresh[NSC_SALVAGE_OPTIONS];

	loopback_network(40000, 40001);
	fd = socket(families[_i][0] == ':' ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
	for (int i = 0; i < NSC_SALVAGE_OPTIONS; i++)
		fresh[i] = get(fd, i);
	fd = loopback_self_connected(families[_i], NULL);
	read_salvage(fd, &salvage);
	ck_assert_int_eq(salvage.value[MAXSEG], UNKNOWN);
	ck_assert_int_eq(salvage.value[CLAMP], UNKNOWN);
	tear_down(fd);
	ck_assert_int_eq(nsc_salvage_restore(fd, &salvage), 0);
	/* TCP_MAXSEG of a torn-down socket still shows its last connection's value. */
	fresh[MAXSEG] = get(fd, MAXSEG);
	for (int i = 0; i < NSC_SALVAGE_OPTIONS; i++)
		ck_assert_msg(get(fd, i) == fresh[i], "option %d: have %d, want %d", i, get(fd, i),
			      fresh[i]);
}
END_TEST

static void size_receive_buffer(int fd)
{
	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &(int){40000}, sizeof(int)), 0);
}

START_TEST(test_a_receive_buffer_of_the_callers_is_not_taken_for_a_clamp)
{
	struct nsc_salvage salvage;
	int fd;

	loopback_network(40000, 40001);
	fd = loopback_self_connected("127.0.0.1", size_receive_buffer);
	read_salvage(fd, &salvage);
	ck_assert_int_eq(salvage.value[CLAMP], UNKNOWN);
}
END_TEST

static int largest_clamp;

static void clamp_up_to_the_buffer(int fd)
{
	ck_assert_int_eq(set(fd, MAXSEG), 0);
	ck_assert_int_eq(setsockopt(fd, IPPROTO_TCP, TCP_WINDOW_CLAMP, &largest_clamp, sizeof(int)),
			 0);
}

/* The kernel's own clamp would be the same, but with a larger window scale. */
START_TEST(test_a_clamp_as_large_as_the_kernels_own_is_told_by_the_scale)
{
	struct nsc_salvage salvage;
	socklen_t length = sizeof largest_clamp;
	int fd;

	loopback_network(40000, 40001);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &largest_clamp, &length), 0);
	largest_clamp = largest_clamp / 2 - destroyed[MAXSEG].value;
	fd = loopback_self_connected("127.0.0.1", clamp_up_to_the_buffer);
	read_salvage(fd, &salvage);
	ck_assert_int_eq(salvage.value[CLAMP], largest_clamp);
}
END_TEST

START_TEST(test_without_timestamps_or_scaling_it_still_works_out)
{
	struct nsc_salvage salvage;
	union nsc_address itself = loopback_address("127.0.0.1", 40000);
	int fd;

	loopback_network(40000, 40001);
	netns_set("ipv4/tcp_timestamps", "0");
	netns_set("ipv4/tcp_window_scaling", "0");
	chosen = _i ? CLAMP : MAXSEG;
	fd = loopback_self_connected("127.0.0.1", set_chosen);
	read_salvage(fd, &salvage);
	ck_assert_int_eq(salvage.value[chosen], destroyed[chosen].value);
	ck_assert(!salvage.plain);
	tear_down(fd);
	ck_assert_int_eq(nsc_salvage_restore(fd, &salvage), 0);
	/* Judge the option by its effect on the next connection, not by its value. */
	ck_assert_int_eq(connect(fd, &itself.any, sizeof itself.in), 0);
	ck_assert_int_eq(get(fd, chosen), destroyed[chosen].value);
	ck_assert_int_eq(salvage.value[_i ? MAXSEG : CLAMP], UNKNOWN);
}
END_TEST

/* The loopback interface's default MTU exceeds the largest TCP_MAXSEG, so set a smaller one. */
static void narrow_network(void)
{
	struct ifreq lo = {.ifr_name = "lo", .ifr_mtu = 1500};

	loopback_network(40000, 40001);
	ck_assert_int_eq(ioctl(socket(AF_INET, SOCK_DGRAM, 0), SIOCSIFMTU, &lo), 0);
}

static int clamp_beside_buffer;

static void size_and_clamp(int fd)
{
	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &(int){50000}, sizeof(int)), 0);
	ck_assert_int_eq(
		setsockopt(fd, IPPROTO_TCP, TCP_WINDOW_CLAMP, &clamp_beside_buffer, sizeof(int)),
		0);
}

/* The window of a 100000-byte buffer is half, less one segment. A clamp near that is invisible. */
START_TEST(test_a_clamp_beside_a_buffer_of_the_callers_is_known_where_it_is_well_below)
{
	struct nsc_salvage salvage;

	narrow_network();
	clamp_beside_buffer = _i ? 49000 : 20000;
	read_salvage(loopback_self_connected("127.0.0.1", size_and_clamp), &salvage);
	ck_assert_int_eq(salvage.value[CLAMP], _i ? UNKNOWN : 20000);
}
END_TEST

START_TEST(test_where_the_path_is_narrow_its_own_segment_size_is_no_setting)
{
	struct nsc_salvage salvage;

	narrow_network();
	chosen = MAXSEG;
	read_salvage(loopback_self_connected(families[_i / 2], _i % 2 ? set_chosen : NULL),
		     &salvage);
	ck_assert_int_eq(salvage.value[MAXSEG], _i % 2 ? destroyed[MAXSEG].value : UNKNOWN);
}
END_TEST

START_TEST(test_a_socket_that_tells_nothing_gives_nothing)
{
	const struct tcp_info nothing = {0};
	struct nsc_salvage salvage;

	fake_kernel_install();
	fake_kernel_return(SYS_getsockopt, FAKE_EACH, -EPERM);
	nsc_salvage_read(0, AF_INET, &nothing, &salvage);
	for (int i = 0; i < NSC_SALVAGE_OPTIONS; i++)
		ck_assert_int_eq(salvage.value[i], UNKNOWN);
	ck_assert(!salvage.plain);
	ck_assert_int_eq(nsc_salvage_restore(0, &salvage), 0);
	ck_assert_uint_eq(fake_kernel_count(SYS_setsockopt), 0);
}
END_TEST

START_TEST(test_only_what_differs_is_set)
{
	const struct nsc_salvage salvage = {.value = {UNKNOWN, UNKNOWN, 20000, UNKNOWN, UNKNOWN}};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	fake_kernel_install();
	ck_assert_int_eq(nsc_salvage_restore(fd, &salvage), 0);
	ck_assert_uint_eq(fake_kernel_count(SYS_setsockopt), 1);
	ck_assert_int_eq(nsc_salvage_restore(fd, &salvage), 0);
	ck_assert_uint_eq(fake_kernel_count(SYS_setsockopt), 1);
}
END_TEST

START_TEST(test_the_first_value_that_is_not_taken_is_told_and_the_others_set)
{
	const struct nsc_salvage salvage = {.value = {3, 1000, 20000, UNKNOWN, UNKNOWN}};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	fake_kernel_install();
	fake_kernel_return(SYS_setsockopt, 1, -EPERM);
	fake_kernel_return(SYS_setsockopt, 2, -ENOMEM);
	ck_assert_int_eq(nsc_salvage_restore(fd, &salvage), -EPERM);
	ck_assert_int_eq(get(fd, CLAMP), 20000);
}
END_TEST

Suite *suite_salvage(void)
{
	Suite *suite = suite_create("salvage");
	TCase *read = tcase_create("read"), *restore = tcase_create("restore");

	tcase_add_loop_test(read, test_what_the_caller_had_set_is_read_and_survives_a_teardown, 0,
			    2 * NSC_SALVAGE_OPTIONS);
	tcase_add_loop_test(read, test_what_the_caller_had_not_set_stays_the_kernels, 0, 2);
	tcase_add_test(read, test_a_receive_buffer_of_the_callers_is_not_taken_for_a_clamp);
	tcase_add_test(read, test_a_clamp_as_large_as_the_kernels_own_is_told_by_the_scale);
	tcase_add_loop_test(read, test_without_timestamps_or_scaling_it_still_works_out, 0, 2);
	tcase_add_loop_test(read, test_where_the_path_is_narrow_its_own_segment_size_is_no_setting,
			    0, 4);
	tcase_add_loop_test(
		read, test_a_clamp_beside_a_buffer_of_the_callers_is_known_where_it_is_well_below,
		0, 2);
	tcase_add_test(read, test_a_socket_that_tells_nothing_gives_nothing);
	suite_add_tcase(suite, read);
	tcase_add_test(restore, test_only_what_differs_is_set);
	tcase_add_test(restore, test_the_first_value_that_is_not_taken_is_told_and_the_others_set);
	suite_add_tcase(suite, restore);
	return suite;
}
