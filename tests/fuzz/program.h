/* SPDX-License-Identifier: MIT */
/* A sequence of calls on sockets, encoded in bytes. */
#ifndef NSC_FUZZ_PROGRAM_H
#define NSC_FUZZ_PROGRAM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum {
	FUZZ_LOW = 40000, /* ip_local_port_range of both namespaces: see place.h */
	FUZZ_HIGH = 40001,
	FUZZ_STEPS = 24,
	FUZZ_STEP_SIZE = 8, /* bytes of input for each step */
	FUZZ_NUMBERS = 32,  /* descriptors that are compared, from fuzz_base on */
	FUZZ_ADDRESS = 128, /* sizeof(struct sockaddr_storage), the kernel's limit */
};

enum fuzz_kind {
	FUZZ_SOCKET,
	FUZZ_BIND,
	FUZZ_CONNECT,
	FUZZ_CONNECT2, /* by the name __connect */
	FUZZ_SENDTO,
	FUZZ_SENDMSG,
	FUZZ_SENDMMSG,
	FUZZ_LISTEN,
	FUZZ_ACCEPT,
	FUZZ_SETSOCKOPT,
	FUZZ_SHUTDOWN,
	FUZZ_DUP,
	FUZZ_DUP2,
	FUZZ_DUP3,
	FUZZ_CLOSE,
	FUZZ_RESET, /* close() with SO_LINGER {1, 0} */
	FUZZ_SETFL,
	FUZZ_SETFD,
	FUZZ_OWNER,
	FUZZ_ERROR, /* getsockopt(SO_ERROR) */
	FUZZ_RECV,
	FUZZ_OPEN, /* something that is not a socket */
	FUZZ_EPOLL_CTL,
	FUZZ_EPOLL_WAIT,
	FUZZ_LIMIT, /* setrlimit(RLIMIT_NOFILE) */
	FUZZ_KINDS
};

enum fuzz_pointer { FUZZ_GOOD, FUZZ_NULL, FUZZ_UNMAPPED, FUZZ_READ_ONLY };

struct fuzz_address {
	enum fuzz_pointer pointer;
	socklen_t length; /* as passed to the call */
	unsigned size;    /* readable bytes; the page behind them faults */
	uint8_t bytes[FUZZ_ADDRESS];
};

struct fuzz_step {
	enum fuzz_kind kind;
	int fd;
	int a, b, c;            /* the other arguments, in their order */
	int before;             /* errno before the call */
	unsigned size;          /* of the data sent */
	enum fuzz_pointer data; /* its pointer; for sendmsg() and sendmmsg() the headers' */
	struct fuzz_address address;
};

struct fuzz_program {
	unsigned mode; /* of the shim: see doors.h */
	unsigned steps;
	struct fuzz_step step[FUZZ_STEPS];
};

/* The lowest free descriptor when a program begins; 0 before the first program. */
extern int fuzz_base;

/* Never fails: every byte string is a program. */
void fuzz_decode(struct fuzz_program *program, const uint8_t *bytes, size_t size);

/*
 * Makes an address, often an unusual one, from `seed`, three bytes. `family` is the fitting family.
 */
void fuzz_address_make(struct fuzz_address *address, const uint8_t *seed, int family);

/* The port of an IPv4 or IPv6 address in host byte order, or -1. */
int fuzz_address_port(const struct fuzz_address *address);

/* Prints an address of `size` bytes, as 127.0.0.1:40000 or as what else it is. */
void fuzz_show_address(const uint8_t *bytes, unsigned size);

/* Prints the step as C code, without a newline. */
void fuzz_step_show(const struct fuzz_step *step);

#endif
