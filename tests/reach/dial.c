/* SPDX-License-Identifier: MIT */
/*
 * A client that connects in one of several ways, again and again, and counts how each call ended.
 * It includes nothing but POSIX and the kernel's headers, so that it builds with every libc, also
 * statically.
 *
 * usage: dial WAY ADDRESS PORT COUNT
 *
 * WAY is libc (connect(3)), raw (the system call), uring (io_uring's connect), or killed
 * (connect(3) in a seccomp sandbox that ends the process at every system call that this program
 * does not need). Prints "self=N refused=N reached=N other=N".
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

union address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

struct ring {
	int fd;
	char *queue;
	struct io_uring_sqe *entries;
	struct io_uring_params parameters;
};

static void die(const char *what)
{
	perror(what);
	exit(99);
}

static socklen_t read_address(const char *text, const char *port, union address *address)
{
	memset(address, 0, sizeof *address);
	if (inet_pton(AF_INET, text, &address->in.sin_addr) == 1) {
		address->in.sin_family = AF_INET;
		address->in.sin_port = htons((unsigned short)atoi(port));
		return sizeof address->in;
	}
	if (inet_pton(AF_INET6, text, &address->in6.sin6_addr) != 1)
		die(text);
	address->in6.sin6_family = AF_INET6;
	address->in6.sin6_port = htons((unsigned short)atoi(port));
	return sizeof address->in6;
}

static void ring_open(struct ring *ring)
{
	struct io_uring_params *p = &ring->parameters;

	ring->fd = (int)syscall(SYS_io_uring_setup, 4, p);
	if (ring->fd < 0)
		die("io_uring_setup");
	/* IORING_FEAT_SINGLE_MMAP, Linux 5.4: both queues are in one mapping. */
	ring->queue = mmap(NULL, p->cq_off.cqes + p->cq_entries * sizeof(struct io_uring_cqe),
			   PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, IORING_OFF_SQ_RING);
	ring->entries = mmap(NULL, p->sq_entries * sizeof *ring->entries, PROT_READ | PROT_WRITE,
			     MAP_SHARED, ring->fd, IORING_OFF_SQES);
	if (ring->queue == MAP_FAILED || ring->entries == MAP_FAILED)
		die("mmap");
}

static int ring_connect(struct ring *ring, int fd, const union address *address, socklen_t size)
{
	const struct io_uring_params *p = &ring->parameters;
	unsigned *tail = (void *)(ring->queue + p->sq_off.tail);
	unsigned *done = (void *)(ring->queue + p->cq_off.head);
	unsigned *array = (void *)(ring->queue + p->sq_off.array);
	struct io_uring_cqe *results = (void *)(ring->queue + p->cq_off.cqes);
	unsigned slot = *tail & (p->sq_entries - 1);
	int result;

	memset(&ring->entries[slot], 0, sizeof *ring->entries);
	ring->entries[slot].opcode = IORING_OP_CONNECT;
	ring->entries[slot].fd = fd;
	ring->entries[slot].addr = (unsigned long)address;
	ring->entries[slot].off = size;
	array[slot] = slot;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1)
		die("io_uring_enter");
	result = results[*done & (p->cq_entries - 1)].res;
	__atomic_store_n(done, *done + 1, __ATOMIC_RELEASE);
	if (result >= 0)
		return result;
	errno = -result;
	return -1;
}

static void enter_sandbox(void)
{
	static const unsigned allowed[] = {
		SYS_socket,     SYS_connect, SYS_getsockname, SYS_getpeername,
		SYS_setsockopt, SYS_close,   SYS_newfstatat,  SYS_fstat,
		SYS_getrandom,  SYS_brk,     SYS_write,       SYS_exit_group,
	};
	enum { COUNT = sizeof allowed / sizeof *allowed };
	struct sock_filter code[1 + 2 * COUNT + 1] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))};
	struct sock_fprog filter = {sizeof code / sizeof *code, code};

	for (unsigned i = 0; i < COUNT; i++) {
		code[1 + 2 * i] =
			(struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, allowed[i], 0, 1);
		code[2 + 2 * i] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	}
	code[1 + 2 * COUNT] =
		(struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter))
		die("seccomp");
}

static int is_self_connected(int fd)
{
	union address local, peer;
	socklen_t size = sizeof local, peer_size = sizeof peer;

	memset(&local, 0, sizeof local);
	memset(&peer, 0, sizeof peer);
	return getsockname(fd, &local.any, &size) == 0 &&
	       getpeername(fd, &peer.any, &peer_size) == 0 &&
	       memcmp(&local, &peer, sizeof local) == 0;
}

int main(int argc, char *argv[])
{
	int self = 0, refused = 0, reached = 0, other = 0;
	const struct linger at_once = {.l_onoff = 1};
	struct ring ring = {.fd = -1};
	union address address;
	socklen_t size;

	if (argc != 5)
		return 2;
	size = read_address(argv[2], argv[3], &address);
	if (strcmp(argv[1], "uring") == 0)
		ring_open(&ring);
	if (strcmp(argv[1], "killed") == 0)
		enter_sandbox();
	for (int count = atoi(argv[4]); count > 0; count--) {
		int fd = socket(address.any.sa_family, SOCK_STREAM, 0), result;

		if (fd < 0)
			die("socket");
		if (strcmp(argv[1], "raw") == 0)
			result = (int)syscall(SYS_connect, fd, &address, size);
		else if (ring.fd >= 0)
			result = ring_connect(&ring, fd, &address, size);
		else
			result = connect(fd, &address.any, size);
		if (result == 0 && is_self_connected(fd)) {
			/* Without TIME_WAIT the port is free for the next attempt. */
			setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
			self++;
		} else if (result == 0)
			reached++;
		else if (errno == ECONNREFUSED)
			refused++;
		else
			other++;
		close(fd);
	}
	printf("self=%d refused=%d reached=%d other=%d\n", self, refused, reached, other);
	return 0;
}
