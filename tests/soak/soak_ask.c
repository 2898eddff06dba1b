/* SPDX-License-Identifier: MIT */
/* The soak's clients: each request must come to the end that the server's presence says. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "soak.h"
#include "soak_traffic.h"

enum end { ANSWERED, REFUSED, CUT, SEEN, HUNG, OTHER, ENDS };

enum { NOTES = 3, TELL_EVERY = 1024 };

struct account {
	unsigned long ends[ENDS], wrong;
};

static struct {
	const char *name;
	struct shared *shared;
	unsigned long count;
	unsigned threads, ways;
	struct account accounts[SOAK_THREADS];
	struct soak_memory early, late;
} asker;

const char soak_greeting[GREETING + 1] = "it is me";

struct shared *soak_share(const char *file)
{
	int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct shared *shared;

	if (fd < 0 || ftruncate(fd, sizeof *shared))
		soak_die(file);
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (shared == MAP_FAILED)
		soak_die("mmap");
	close(fd);
	return shared;
}

static unsigned long stage(void)
{
	return __atomic_load_n(&asker.shared->stage, __ATOMIC_SEQ_CST);
}

static bool is_cut(int error)
{
	return error == ECONNRESET || error == EPIPE;
}

static enum end receive(int fd, const char *request)
{
	char answer[ANSWER];
	size_t got = 0;

	while (got < ANSWER) {
		ssize_t part;

		if (!soak_wait(fd, POLLIN))
			return HUNG;
		part = recv(fd, answer + got, ANSWER - got, 0);
		if (part <= 0)
			return part == 0 || is_cut(errno) ? CUT : OTHER;
		got += (size_t)part;
		if (got >= REQUEST && memcmp(answer, request, REQUEST) == 0)
			return SEEN;
	}
	if (memcmp(answer, soak_greeting, GREETING) || memcmp(answer + GREETING, request, REQUEST))
		return OTHER;
	return ANSWERED;
}

static enum end ask(int fd, struct soak_way way, unsigned port, const char *request)
{
	size_t sent;
	int error = soak_way_connect(fd, way, port, request, REQUEST, &sent, false);

	if (is_self_connected(fd))
		return SEEN;
	if (error == ECONNREFUSED)
		return REFUSED;
	if (error == ETIMEDOUT)
		return HUNG;
	if (error == 0 && sent < REQUEST &&
	    send(fd, request + sent, REQUEST - sent, MSG_NOSIGNAL) < 0)
		error = errno;
	if (error)
		return is_cut(error) ? CUT : OTHER;
	return receive(fd, request);
}

/* Is that an end which a request may come to that began and ended at these stages of the server? */
static bool is_right(enum end end, unsigned port, unsigned long before, unsigned long after)
{
	if (port == SOAK_DEAD_PORT || (before == after && before % STAGES == DOWN))
		return end == REFUSED;
	if (before == after && before % STAGES == UP)
		return end == ANSWERED;
	return end == ANSWERED || end == REFUSED || end == CUT;
}

static void ask_once(unsigned long i, struct account *account)
{
	static const char *const names[ENDS] = {"answered", "refused", "cut",
						"itself",   "hung",    "other"};
	/* 7 has no divisor in common with the number of ways: all of them, and each of them on
	 * either port. */
	struct soak_way way = soak_way((unsigned)(i * 7 % asker.ways));
	unsigned port = (i + i / asker.ways) % 8 == 0 ? SOAK_DEAD_PORT : SOAK_PORT;
	char request[REQUEST + 1], name[80];
	int fd = soak_way_open(way), error;
	unsigned long before = stage(), after;
	enum end end;

	snprintf(request, sizeof request, "request %08x%08x", (unsigned)getpid(), (unsigned)i);
	end = ask(fd, way, port, request);
	error = errno;
	after = stage();
	soak_reset(fd);
	account->ends[end]++;
	if (!is_right(end, port, before, after) && account->wrong++ < NOTES)
		soak_say("note %s: %s: %s (errno %d), stage %lu to %lu\n", asker.name,
			 soak_way_name(way, name, sizeof name), names[end], error, before, after);
	__atomic_add_fetch(&asker.shared->finished, 1, __ATOMIC_SEQ_CST);
	sched_yield(); /* or a refused client uses its slice up in refusals, before the server can
			  come */
}

static void ask_in_thread(void *nothing, unsigned number)
{
	unsigned long share = asker.count / asker.threads + (number < asker.count % asker.threads);
	timer_t patience = soak_patience();

	(void)nothing;
	for (unsigned long i = 0; i < share; i++) {
		ask_once(i * asker.threads + number, &asker.accounts[number]);
		soak_patience_renew(patience);
		if (number == 0 && i == share / 10)
			asker.early = soak_memory();
		if ((i + 1) % TELL_EVERY == 0)
			soak_say("done %d\n", TELL_EVERY);
	}
	if (number == 0)
		asker.late = soak_memory();
	timer_delete(patience);
}

/* MPTCP is the later half of the ways; the kernel may be without it. */
static unsigned ways_here(void)
{
	int fd = soak_way_open(soak_way(SOAK_WAYS - 1));

	if (fd < 0)
		return SOAK_WAYS / 2;
	close(fd);
	return SOAK_WAYS;
}

int soak_ask(const char *name, const char *file, unsigned long count, unsigned threads)
{
	struct account sum = {0};
	int before;

	asker.name = name;
	asker.count = count;
	asker.threads = threads;
	asker.ways = ways_here();
	asker.shared = soak_share(file);
	before = soak_descriptors();
	soak_in_threads(threads, ask_in_thread, NULL);
	for (unsigned i = 0; i < threads; i++) {
		for (int end = 0; end < ENDS; end++)
			sum.ends[end] += asker.accounts[i].ends[end];
		sum.wrong += asker.accounts[i].wrong;
	}
	soak_say("asked %s threads=%u requests=%lu answered=%lu refused=%lu cut=%lu seen=%lu "
		 "hung=%lu other=%lu wrong=%lu"
		 " descriptors=%d data=%ld anonymous=%ld\n",
		 name, threads, count, sum.ends[ANSWERED], sum.ends[REFUSED], sum.ends[CUT],
		 sum.ends[SEEN], sum.ends[HUNG], sum.ends[OTHER], sum.wrong,
		 soak_descriptors() - before, asker.late.data - asker.early.data,
		 asker.late.anonymous - asker.early.anonymous);
	return 0;
}
