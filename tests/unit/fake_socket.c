/* SPDX-License-Identifier: MIT */
/* A fake socket that reports the properties that a test chooses. */
#include "fake_socket.h"

#include <netinet/tcp.h>
#include <string.h>
#include <sys/syscall.h>

#include "fake_kernel.h"
#include "loopback.h"

struct fake_socket fake_socket;

static long give_name(const struct fake_call *call, const union nsc_address *name, int error)
{
	socklen_t *length = (socklen_t *)call->argument[2];

	if (error)
		return -error;
	memcpy((void *)call->argument[1], name, *length < sizeof *name ? *length : sizeof *name);
	*length = nsc_address_size(name);
	return 0;
}

static long answer_getsockname(const struct fake_call *call, void *socket)
{
	const struct fake_socket *this = socket;

	return give_name(call, &this->local, this->local_error);
}

static long answer_getpeername(const struct fake_call *call, void *socket)
{
	const struct fake_socket *this = socket;

	return give_name(call, &this->peer, this->peer_error);
}

static long answer_getsockopt(const struct fake_call *call, void *socket)
{
	const struct fake_socket *this = socket;
	int *value = (int *)call->argument[3];

	if (call->argument[1] == IPPROTO_TCP && call->argument[2] == TCP_INFO) {
		*(unsigned char *)value = this->state; /* there may be room for no more */
		return 0;
	}
	*value = 0;
	if (call->argument[1] == SOL_SOCKET && call->argument[2] == SO_PROTOCOL) {
		*value = this->protocol;
		return -this->protocol_error;
	}
	if (call->argument[1] == IPPROTO_TCP && call->argument[2] == TCP_REPAIR) {
		*value = this->repair;
		return -this->repair_error;
	}
	return 0;
}

void fake_socket_install(void)
{
	fake_socket = (struct fake_socket){.protocol = IPPROTO_TCP, .state = TCP_ESTABLISHED};
	fake_socket.local = fake_socket.peer = loopback_address("127.0.0.1", 40000);
	fake_kernel_install();
	fake_kernel_answer(SYS_getsockname, FAKE_EACH, answer_getsockname, &fake_socket);
	fake_kernel_answer(SYS_getpeername, FAKE_EACH, answer_getpeername, &fake_socket);
	fake_kernel_answer(SYS_getsockopt, FAKE_EACH, answer_getsockopt, &fake_socket);
}
