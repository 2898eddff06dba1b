/* SPDX-License-Identifier: MIT */
/* Tells whether a socket is connected to itself. */
#include "self_connected.h"

#include <string.h>
#include <sys/socket.h>

bool is_self_connected(int fd)
{
	struct sockaddr_storage local = {0}, peer = {0};
	socklen_t local_length = sizeof local, peer_length = sizeof peer;

	if (getsockname(fd, (struct sockaddr *)&local, &local_length) ||
	    getpeername(fd, (struct sockaddr *)&peer, &peer_length))
		return false;
	return local_length == peer_length && memcmp(&local, &peer, local_length) == 0;
}
