/* SPDX-License-Identifier: MIT */
/* The soak's looks at its own process and at the kernel, and its patience. No malloc: memory is
 * what it measures. */
#include "soak.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

void soak_die(const char *what)
{
	perror(what);
	exit(99);
}

void soak_say(const char *format, ...)
{
	char line[1024];
	va_list arguments;
	int size;

	va_start(arguments, format);
	size = vsnprintf(line, sizeof line, format, arguments);
	va_end(arguments);
	if (size < 0 || size >= (int)sizeof line ||
	    write(STDOUT_FILENO, line, (size_t)size) != size)
		soak_die("write");
}

/* As much of the file as there is room for, with a terminating 0. */
static void read_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t got = 0;
	ssize_t part;

	if (fd < 0)
		soak_die(path);
	while (got < size - 1 && (part = read(fd, text + got, size - 1 - got)) > 0)
		got += (size_t)part;
	text[got] = '\0';
	close(fd);
}

int soak_descriptors(void)
{
	char listing[4096];
	int directory = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC), count = 0;
	long size;

	if (directory < 0)
		soak_die("/proc/self/fd");
	while ((size = syscall(SYS_getdents64, directory, listing, sizeof listing)) > 0)
		/* struct linux_dirent64: the entry's size after two words of 64 bits. */
		for (long at = 0; at < size; at += *(unsigned short *)(void *)(listing + at + 16))
			count++;
	close(directory);
	return count;
}

static long field(const char *path, const char *name)
{
	char text[8192];
	const char *at;

	read_file(path, text, sizeof text);
	at = strstr(text, name);
	if (!at)
		soak_die(name);
	return strtol(at + strlen(name), NULL, 10);
}

struct soak_memory soak_memory(void)
{
	return (struct soak_memory){.data = field("/proc/self/status", "\nVmData:"),
				    .anonymous = field("/proc/self/smaps_rollup", "\nAnonymous:")};
}

long soak_resets(void)
{
	char text[8192];
	const char *values;
	long resets;

	read_file("/proc/self/net/snmp", text, sizeof text);
	/* A line of names, then one of values, in the order that RFC 1213 has. */
	values = strstr(text, "\nTcp: ");
	values = values ? strstr(values + 1, "\nTcp: ") : NULL;
	if (!values || sscanf(values, " Tcp: %*d %*d %*d %*d %*d %*d %*d %ld", &resets) != 1)
		soak_die("/proc/self/net/snmp");
	return resets;
}

static int sockets_in(const char *path, unsigned port, unsigned state)
{
	/* Two lines of one port already say all that is asked; so does the beginning of a long
	 * file. */
	char text[65536], *line = text;
	unsigned its_port, its_state;
	int count = 0;

	read_file(path, text, sizeof text);
	for (; line; line = strchr(line + 1, '\n'))
		if (sscanf(line, " %*d: %*[0-9A-F]:%x %*[0-9A-F]:%*x %x", &its_port, &its_state) ==
		    2)
			count += (!port || port == its_port) && (!state || state == its_state);
	return count;
}

int soak_sockets(unsigned port, unsigned state)
{
	return sockets_in("/proc/self/net/tcp", port, state) +
	       sockets_in("/proc/self/net/tcp6", port, state);
}

timer_t soak_patience(void)
{
	/* A handler would come in between the very calls that are looked at, and others can be held
	 * off. */
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL};
	timer_t patience;

	if (timer_create(CLOCK_MONOTONIC, &event, &patience))
		soak_die("timer_create");
	soak_patience_renew(patience);
	return patience;
}

void soak_patience_renew(timer_t patience)
{
	static const struct itimerspec once = {.it_value = {SOAK_PATIENCE_S, 0}};

	timer_settime(patience, 0, &once, NULL);
}

static void do_nothing(int signal_number)
{
	(void)signal_number;
}

static void send_often(int signal_number, int flags, long nanoseconds)
{
	struct sigaction action = {.sa_handler = do_nothing, .sa_flags = flags};
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = signal_number};
	struct itimerspec often = {{0, nanoseconds}, {0, nanoseconds}};
	timer_t timer;

	if (sigaction(signal_number, &action, NULL) ||
	    timer_create(CLOCK_MONOTONIC, &event, &timer) || timer_settime(timer, 0, &often, NULL))
		soak_die("timer_create");
}

void soak_signals(void)
{
	/* Every few connections, and at another point of each. */
	send_often(SIGUSR1, SA_RESTART, 317000);
	send_often(SIGUSR2, 0, 411000);
}

struct job {
	pthread_t thread;
	void (*work)(void *, unsigned);
	void *argument;
	unsigned number;
};

static void *start(void *job)
{
	const struct job *j = job;

	j->work(j->argument, j->number);
	return NULL;
}

void soak_in_threads(unsigned threads, void (*work)(void *, unsigned), void *argument)
{
	struct job jobs[SOAK_THREADS];

	if (threads == 1) {
		work(argument, 0);
		return;
	}
	for (unsigned i = 0; i < threads; i++) {
		jobs[i] = (struct job){.work = work, .argument = argument, .number = i};
		if (pthread_create(&jobs[i].thread, NULL, start, &jobs[i]))
			soak_die("pthread_create");
	}
	for (unsigned i = 0; i < threads; i++)
		pthread_join(jobs[i].thread, NULL);
}
