/* SPDX-License-Identifier: MIT */
/*
 * Turns bytes into a program. Most byte values mean common calls; each unusual call has some byte
 * value.
 */
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>

#include "program.h"
#include "settings.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

int fuzz_base;

/*
 * The decoder's guess at what is open, so that most addresses fit their sockets. It may be wrong.
 */
struct guess {
	int family[FUZZ_NUMBERS]; /* 0: closed */
};

static int guess_open(struct guess *guess, int family)
{
	for (int i = 0; i < FUZZ_NUMBERS; i++)
		if (guess->family[i] == 0) {
			guess->family[i] = family ? family : AF_UNSPEC + 1;
			return i;
		}
	return 0;
}

static unsigned how_many_are_open(const struct guess *guess)
{
	unsigned count = 0;

	for (int i = 0; i < FUZZ_NUMBERS; i++)
		count += guess->family[i] != 0;
	return count;
}

static int fd_for(const struct guess *guess, uint8_t seed)
{
	static const int odd[] = {-1, 1 << 20, 0x7fffffff, (int)0x80000000};
	unsigned count = how_many_are_open(guess);

	if (seed >= 0xfc)
		return odd[seed & 3];
	if (seed >= 0xe8 || count == 0)
		return fuzz_base + seed % 12;
	count = seed % count;
	for (int i = 0; i < FUZZ_NUMBERS; i++)
		if (guess->family[i] && count-- == 0)
			return fuzz_base + i;
	return fuzz_base;
}

static int family_of(const struct guess *guess, int fd)
{
	if (fd < fuzz_base || fd >= fuzz_base + FUZZ_NUMBERS || guess->family[fd - fuzz_base] == 0)
		return AF_INET;
	return guess->family[fd - fuzz_base];
}

static enum fuzz_kind kind_for(uint8_t seed)
{
	static const uint8_t share[FUZZ_KINDS] = {
		[FUZZ_SOCKET] = 34,     [FUZZ_BIND] = 24,     [FUZZ_CONNECT] = 52,
		[FUZZ_CONNECT2] = 4,    [FUZZ_SENDTO] = 16,   [FUZZ_SENDMSG] = 12,
		[FUZZ_SENDMMSG] = 12,   [FUZZ_LISTEN] = 12,   [FUZZ_ACCEPT] = 10,
		[FUZZ_SETSOCKOPT] = 24, [FUZZ_SHUTDOWN] = 4,  [FUZZ_DUP] = 3,
		[FUZZ_DUP2] = 3,        [FUZZ_DUP3] = 3,      [FUZZ_CLOSE] = 1,
		[FUZZ_RESET] = 10,      [FUZZ_SETFL] = 10,    [FUZZ_SETFD] = 3,
		[FUZZ_OWNER] = 1,       [FUZZ_ERROR] = 4,     [FUZZ_RECV] = 4,
		[FUZZ_OPEN] = 4,        [FUZZ_EPOLL_CTL] = 3, [FUZZ_EPOLL_WAIT] = 2,
		[FUZZ_LIMIT] = 1};
	unsigned left = seed;

	for (unsigned i = 0; i < FUZZ_KINDS; i++) {
		if (left < share[i])
			return (enum fuzz_kind)i;
		left -= share[i];
	}
	return FUZZ_CONNECT;
}

static bool is_likely(int family, int type, int protocol)
{
	bool is_stream = type == SOCK_STREAM, is_datagram = type == SOCK_DGRAM;

	switch (family) {
	case AF_INET:
	case AF_INET6:
		return (is_stream && (protocol == 0 || protocol == IPPROTO_TCP)) ||
		       (is_datagram && (protocol == 0 || protocol == IPPROTO_UDP)) ||
		       (type == SOCK_RAW && protocol > 0);
	case AF_UNIX:
		return type <= SOCK_SEQPACKET && protocol == 0;
	case AF_NETLINK:
		return (is_datagram || type == SOCK_RAW) && protocol == 0;
	default:
		return false;
	}
}

static void decode_socket(struct fuzz_step *step, const uint8_t *seed, struct guess *guess)
{
	/* Leaves out families and protocols for which a kernel would run modprobe(8). */
	static const int family[] = {AF_INET,  AF_INET,    AF_INET,   AF_INET,  AF_INET,  AF_INET,
				     AF_INET6, AF_INET6,   AF_INET6,  AF_INET6, AF_INET6, AF_UNIX,
				     AF_UNIX,  AF_NETLINK, AF_UNSPEC, 255};
	static const int type[] = {SOCK_STREAM, SOCK_STREAM,    SOCK_STREAM, SOCK_STREAM,
				   SOCK_STREAM, SOCK_STREAM,    SOCK_STREAM, SOCK_STREAM,
				   SOCK_STREAM, SOCK_STREAM,    SOCK_STREAM, SOCK_STREAM,
				   SOCK_DGRAM,  SOCK_SEQPACKET, SOCK_RAW,    77};
	static const int protocol[] = {
		0,   0, 0,           0,           0,           0,           0,
		0,   0, IPPROTO_TCP, IPPROTO_TCP, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP,
		253, -1};

	step->a = family[seed[2] % COUNT(family)];
	step->b = type[seed[3] % COUNT(type)] | (seed[4] & 1 ? SOCK_NONBLOCK : 0) |
		  (seed[4] & 2 ? SOCK_CLOEXEC : 0);
	step->c = protocol[seed[5] % COUNT(protocol)];
	/* A raw socket of these protocols would see other sockets' packets, whose number varies. */
	if ((step->b & 0xf) == SOCK_RAW && step->c > 0)
		step->c = 253;
	if (is_likely(step->a, step->b & 0xf, step->c))
		guess_open(guess, step->a);
}

static void decode_send(struct fuzz_step *step, const uint8_t *seed)
{
	static const int flags[] = {MSG_FASTOPEN,
				    MSG_FASTOPEN,
				    MSG_FASTOPEN,
				    MSG_FASTOPEN | MSG_NOSIGNAL,
				    MSG_FASTOPEN | MSG_DONTWAIT,
				    0,
				    MSG_NOSIGNAL,
				    MSG_MORE,
				    MSG_OOB,
				    MSG_DONTWAIT,
				    MSG_FASTOPEN | MSG_MORE,
				    MSG_FASTOPEN | MSG_OOB,
				    MSG_CONFIRM,
				    MSG_EOR,
				    -1,
				    0x100};
	static const unsigned size[] = {0, 1, 4, 100, 1, 4, 4, 2000};

	step->a = flags[seed[5] % COUNT(flags)];
	step->size = size[seed[6] % COUNT(size)];
	step->b = seed[6] / 8 % 4 == 3 ? 0 : seed[6] / 8 % 4; /* how many messages */
	step->data = seed[6] >= 0xfc ? FUZZ_UNMAPPED : seed[6] >= 0xf8 ? FUZZ_NULL : FUZZ_GOOD;
}

static void decode_option(struct fuzz_step *step, const uint8_t *seed)
{
	const struct fuzz_setting *setting = &fuzz_settings[seed[2] % fuzz_setting_count];

	step->a = setting->level;
	step->b = setting->option;
	step->c = setting->value[seed[3] % COUNT(setting->value)];
	step->size = seed[4] >= 0xf8 ? seed[4] - 0xf8u : setting->size;
	step->data = seed[5] >= 0xf8 ? FUZZ_UNMAPPED : FUZZ_GOOD;
}

static void decode_file(struct fuzz_step *step, const uint8_t *seed, const struct guess *guess)
{
	static const int fl[] = {O_NONBLOCK, O_NONBLOCK, 0, O_NONBLOCK | O_ASYNC};
	static const int event[] = {EPOLLIN | EPOLLOUT, (int)(EPOLLIN | EPOLLOUT | EPOLLET),
				    EPOLLIN, EPOLLOUT | EPOLLONESHOT};

	switch (step->kind) {
	case FUZZ_SETFL:
		step->a = fl[seed[2] % COUNT(fl)];
		break;
	case FUZZ_EPOLL_CTL:
		step->a = seed[2] % 4 == 3   ? EPOLL_CTL_MOD
			  : seed[2] % 4 == 2 ? EPOLL_CTL_DEL
					     : EPOLL_CTL_ADD;
		step->b = fd_for(guess, seed[3]);
		step->c = event[seed[4] % COUNT(event)];
		break;
	case FUZZ_DUP2:
	case FUZZ_DUP3:
		/* Excludes the harness's own descriptors. */
		step->a = fuzz_base + seed[2] % 8;
		step->b = seed[3] & 1 ? O_CLOEXEC : 0;
		break;
	default:
		step->a = seed[2];
		step->b = seed[3];
		break;
	}
}

static void decode_step(struct fuzz_step *step, const uint8_t *seed, struct guess *guess)
{
	static const int backlog[] = {0, 1, 8, -1}, how[] = {SHUT_RD, SHUT_WR, SHUT_RDWR, 3};

	step->kind =
		how_many_are_open(guess) == 0 && seed[0] < 0xf8 ? FUZZ_SOCKET : kind_for(seed[0]);
	step->fd = fd_for(guess, seed[1]);
	step->before = seed[7] & 1 ? 0 : 4711;
	fuzz_address_make(&step->address, seed + 2, family_of(guess, step->fd));
	switch (step->kind) {
	case FUZZ_SOCKET:
		decode_socket(step, seed, guess);
		break;
	case FUZZ_SENDTO:
	case FUZZ_SENDMSG:
	case FUZZ_SENDMMSG:
		decode_send(step, seed);
		break;
	case FUZZ_SETSOCKOPT:
		decode_option(step, seed);
		break;
	case FUZZ_LISTEN:
		step->a = backlog[seed[2] % COUNT(backlog)];
		break;
	case FUZZ_SHUTDOWN:
		step->a = how[seed[2] % COUNT(how)];
		break;
	case FUZZ_ACCEPT:
		step->a = seed[2] & 1 ? SOCK_CLOEXEC : 0;
		break;
	case FUZZ_DUP:
		step->a = seed[2] & 1;
		guess_open(guess, family_of(guess, step->fd));
		break;
	case FUZZ_CLOSE:
	case FUZZ_RESET:
		if (step->fd >= fuzz_base && step->fd < fuzz_base + FUZZ_NUMBERS)
			guess->family[step->fd - fuzz_base] = 0;
		break;
	case FUZZ_OPEN:
		guess_open(guess, AF_UNSPEC);
		decode_file(step, seed, guess);
		break;
	default:
		decode_file(step, seed, guess);
		break;
	}
}

void fuzz_decode(struct fuzz_program *program, const uint8_t *bytes, size_t size)
{
	struct guess guess = {{0}};

	memset(program, 0, sizeof *program);
	if (size == 0)
		return;
	program->mode = *bytes++;
	for (size--; size > 0 && program->steps < FUZZ_STEPS; program->steps++) {
		uint8_t seed[FUZZ_STEP_SIZE] = {0};
		size_t some = size < sizeof seed ? size : sizeof seed;

		memcpy(seed, bytes, some);
		bytes += some;
		size -= some;
		decode_step(&program->step[program->steps], seed, &guess);
	}
}
