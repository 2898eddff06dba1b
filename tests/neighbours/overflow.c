/* SPDX-License-Identifier: MIT */
/*
 * Connects to 127.0.0.1:40000, prints the result, and writes past its memory. AddressSanitizer must
 * find that in tests/neighbours/shims.sh.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int main(int argc, char *argv[])
{
	struct sockaddr_in to = {.sin_family = AF_INET};
	volatile char *memory = malloc(8);

	(void)argv;
	to.sin_port = htons(40000);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	puts(connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&to, sizeof to)
		     ? strerror(errno)
		     : "connected");
	fflush(stdout);
	memory[7 + argc] = 1;
	return 0;
}
