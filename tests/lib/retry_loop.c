/* SPDX-License-Identifier: MIT */
/*
 * The classic retry loop. It connects to a port of 127.0.0.1 without a server until it is connected
 * to itself or ATTEMPTS are used up. It does not use the shim's API and may run under it.
 *
 * usage: retry_loop PORT ATTEMPTS [COMMAND [ARG...]]
 *   COMMAND runs while the self-connection exists
 * Exit status: 0 never connected to itself, 1 connected to itself, 2 wrong usage, 3 other errors.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { NEVER, ITSELF, USAGE, TROUBLE };
enum { LOOK_AT_CLOCK = 256 }; /* attempts */

static const double progress_seconds = 0.2;

static struct {
	struct timespec start;
	unsigned long attempts;
	double said; /* seconds after the start */
	bool terminal;
} progress;

static double seconds_since_start(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - progress.start.tv_sec) +
	       (double)(now.tv_nsec - progress.start.tv_nsec) / 1e9;
}

static void say_progress(const char *end)
{
	progress.said = seconds_since_start();
	fprintf(stderr, "%s%lu attempts, %.0f per second%s", progress.terminal ? "\r" : "",
		progress.attempts, (double)progress.attempts / progress.said, end);
}

static void count_attempt(void)
{
	progress.attempts++;
	if (progress.terminal && progress.attempts % LOOK_AT_CLOCK == 0 &&
	    seconds_since_start() - progress.said > progress_seconds)
		say_progress("");
}

static bool is_itself(int fd)
{
	struct sockaddr_in local = {0}, peer = {0};
	socklen_t local_size = sizeof local, peer_size = sizeof peer;
	char address[INET_ADDRSTRLEN];

	if (getsockname(fd, (struct sockaddr *)&local, &local_size) ||
	    getpeername(fd, (struct sockaddr *)&peer, &peer_size) ||
	    memcmp(&local, &peer, sizeof local) != 0)
		return false;
	inet_ntop(AF_INET, &local.sin_addr, address, sizeof address);
	printf("connected: local %s:%u, ", address, ntohs(local.sin_port));
	inet_ntop(AF_INET, &peer.sin_addr, address, sizeof address);
	printf("peer %s:%u\n", address, ntohs(peer.sin_port));
	fflush(stdout);
	return true;
}

static void run(char *command[])
{
	pid_t child = fork();

	if (child == 0) {
		execvp(command[0], command);
		perror(command[0]);
		_exit(127);
	}
	if (child > 0)
		waitpid(child, NULL, 0);
}

static int trouble(const char *what)
{
	fprintf(stderr, "retry_loop: %s\n", what);
	return TROUBLE;
}

static int look_at_connection(int fd, char *command[])
{
	say_progress("\n");
	if (!is_itself(fd))
		return trouble("somebody listens on this port");
	if (command[0])
		run(command);
	return ITSELF;
}

/* Returns NEVER for a refused connection. */
static int attempt(const struct sockaddr_in *destination, char *command[])
{
	/*
	 * Close with an RST however the program ends: a TIME_WAIT would block a server for a
	 * minute.
	 */
	static const struct linger reset = {1, 0};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int outcome = NEVER;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset))
		return trouble(strerror(errno));
	if (connect(fd, (const struct sockaddr *)destination, sizeof *destination) == 0)
		outcome = look_at_connection(fd, command);
	else if (errno != ECONNREFUSED)
		outcome = trouble(strerror(errno));
	close(fd);
	return outcome;
}

int main(int argc, char *argv[])
{
	struct sockaddr_in destination = {.sin_family = AF_INET,
					  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	unsigned long port = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;
	unsigned long most = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	int outcome = NEVER;

	if (port < 1 || port > 65535 || most < 1) {
		fputs("usage: retry_loop PORT ATTEMPTS [COMMAND [ARG...]]\n", stderr);
		return USAGE;
	}
	destination.sin_port = htons((in_port_t)port);
	progress.terminal = isatty(STDERR_FILENO);
	clock_gettime(CLOCK_MONOTONIC, &progress.start);
	while (outcome == NEVER && progress.attempts < most) {
		count_attempt();
		outcome = attempt(&destination, argv + 3);
	}
	if (outcome == NEVER)
		say_progress("\n");
	return outcome;
}
