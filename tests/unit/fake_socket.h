/* SPDX-License-Identifier: MIT */
/* A fake socket that reports the properties that a test chooses. */
#ifndef NSC_TESTS_FAKE_SOCKET_H
#define NSC_TESTS_FAKE_SOCKET_H

#include "address.h"

/* The answers of system calls on the socket. Errors are 0 or an errno. */
struct fake_socket {
	union nsc_address local, peer; /* getsockname, getpeername */
	int local_error, peer_error;
	int protocol, protocol_error; /* SO_PROTOCOL */
	int repair, repair_error;     /* TCP_REPAIR */
	unsigned char state;          /* tcpi_state, the only field that the fake TCP_INFO has */
};

extern struct fake_socket fake_socket;

/*
 * Installs the fake kernel with this socket on every descriptor: TCP, 127.0.0.1:40000, its own
 * peer.
 */
void fake_socket_install(void);

#endif
