/* SPDX-License-Identifier: MIT */
/*
 * Prints the peak stack use in bytes of a connect() to PORT and the signal handler that makes it.
 * It fills the handler's alternate stack with a pattern and looks afterwards at how much was
 * overwritten.
 *
 * usage: stack PORT
 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { STACK = 65536, PAINT = 0xa5 };

static unsigned char room[STACK];
static struct sockaddr_in to = {.sin_family = AF_INET};
static int fd = -1;

static void make_call(int signal)
{
	(void)signal;
	connect(fd, (struct sockaddr *)&to, sizeof to);
}

static size_t measure(void)
{
	size_t unused = 0;

	memset(room, PAINT, sizeof room);
	raise(SIGUSR1);
	while (unused < sizeof room && room[unused] == PAINT)
		unused++;
	return sizeof room - unused;
}

int main(int argc, char *argv[])
{
	stack_t stack = {.ss_sp = room, .ss_size = sizeof room};
	struct sigaction action = {.sa_handler = make_call, .sa_flags = SA_ONSTACK};

	if (argc != 2) {
		fputs("usage: stack PORT\n", stderr);
		return 2;
	}
	if (sigaltstack(&stack, NULL) || sigaction(SIGUSR1, &action, NULL)) {
		perror("stack");
		return 1;
	}
	/* The first call also binds the symbol, which needs extra stack. */
	measure();
	to.sin_port = htons((in_port_t)atoi(argv[1]));
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	printf("%zu\n", measure());
	return 0;
}
