/* SPDX-License-Identifier: MIT */
/*
 * The soak's program: connects to a port where nobody listens, and hits itself, as often as it is
 * told.
 *
 *   soak alone NAME COUNT             in a range of two ports: every connection is one with itself
 *   soak signals NAME COUNT           the same, while signals keep coming
 *   soak threads NAME COUNT THREADS   in a larger one: until the kernel has counted so many
 *   soak serve FILE TOTAL             the server of the traffic, until so many requests have ended
 *   soak ask NAME FILE COUNT THREADS  its clients
 *
 * In a network namespace of its own. Prints "done N" as it goes on and "hits NAME KEY=VALUE..." at
 * the end.
 */
#include "soak.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char data[] = "sent to a port where nobody listens";

enum { SAMPLE_EVERY = 101, LOOK_EVERY = 1024, NOTES = 5 };

/* A thread takes some 20 connects to a hit. After so many in vain there are no more to be had. */
enum { CONNECTS_PER_HIT = 200 };

struct account {
	unsigned long connects, refused, seen, hung, other, samples, missed;
};

static struct {
	const char *name;
	unsigned long count;
	long resets_before;
	unsigned ways[SOAK_WAYS], way_count;
	struct account accounts[SOAK_THREADS];
	struct soak_memory early, late;
	bool signals;
	int stop;
} run;

/* What the kernel alone makes of this way: a connection with itself, or it is no way of this
 * kernel's. */
static bool hits_without_the_shim(struct soak_way way)
{
	int fd = soak_way_open(way);
	size_t sent;
	bool hit;

	if (fd < 0)
		return false;
	hit = soak_way_connect(fd, way, SOAK_PORT, data, sizeof data, &sent, true) == 0 &&
	      is_self_connected(fd);
	soak_reset(fd);
	return hit;
}

/*
 * A blocking MPTCP socket whose connecting sendto() is interrupted gets EINVAL when the kernel
 * restarts the call (mptcp_sendmsg_fastopen()), and is connected behind its back: to whatever, with
 * the shim or without.
 */
static bool breaks_by_signals(struct soak_way way)
{
	return way.mptcp && way.blocking && soak_way_sends(way);
}

static void find_ways(bool every_one_hits)
{
	char name[80];

	for (unsigned i = 0; i < SOAK_WAYS; i++) {
		bool hit = false;

		if (run.signals && breaks_by_signals(soak_way(i)))
			continue;
		/* In a larger range every fiftieth is one, more or less. */
		for (int turn = 0; turn < (every_one_hits ? 1 : 5000) && !hit; turn++)
			hit = hits_without_the_shim(soak_way(i));
		if (hit)
			run.ways[run.way_count++] = i;
		else
			soak_say("%s %s: %s\n", soak_way(i).mptcp ? "without" : "missing", run.name,
				 soak_way_name(soak_way(i), name, sizeof name));
	}
}

static void note(struct soak_way way, int error)
{
	static int notes;
	char name[80];

	if (__atomic_fetch_add(&notes, 1, __ATOMIC_RELAXED) < NOTES)
		soak_say("note %s: %s: %s\n", run.name, soak_way_name(way, name, sizeof name),
			 strerror(error));
}

static void connect_once(struct soak_way way, struct account *account)
{
	int fd = soak_way_open(way);
	size_t sent;
	int error = soak_way_connect(fd, way, SOAK_PORT, data, sizeof data, &sent, false);

	account->connects++;
	if (is_self_connected(fd)) {
		account->seen++;
		note(way, error);
		soak_reset(fd);
		return;
	}
	if (error == ECONNREFUSED)
		account->refused++;
	else if (error == ETIMEDOUT)
		account->hung++;
	else
		account->other++;
	if (error != ECONNREFUSED)
		note(way, error);
	close(fd);
}

static struct soak_way way_of(unsigned long i)
{
	return soak_way(run.ways[i % run.way_count]);
}

static void connect_alone(void *nothing, unsigned number)
{
	struct account *account = &run.accounts[number];
	timer_t patience = soak_patience();

	(void)nothing;
	for (unsigned long i = 0; i < run.count; i++) {
		if (i % SAMPLE_EVERY == 0) {
			account->samples++;
			account->missed += !hits_without_the_shim(way_of(i));
		}
		connect_once(way_of(i), account);
		soak_patience_renew(patience);
		if (i == run.count / 10)
			run.early = soak_memory();
		if ((i + 1) % LOOK_EVERY == 0)
			soak_say("done %d\n", LOOK_EVERY);
	}
	run.late = soak_memory();
	timer_delete(patience);
}

/* The first of the threads looks how far they have got. */
static void look(void)
{
	static unsigned long told;
	unsigned long hits = (unsigned long)(soak_resets() - run.resets_before);

	if (run.early.data == 0 && hits >= run.count / 10)
		run.early = soak_memory();
	soak_say("done %lu\n", hits - told);
	told = hits;
	if (hits < run.count && run.accounts[0].connects < run.count * CONNECTS_PER_HIT)
		return;
	run.late = soak_memory();
	__atomic_store_n(&run.stop, 1, __ATOMIC_RELAXED);
}

static void connect_in_thread(void *nothing, unsigned number)
{
	struct account *account = &run.accounts[number];
	timer_t patience = soak_patience();

	(void)nothing;
	/* Each begins elsewhere, so that different ways meet. */
	for (unsigned long i = 0; !__atomic_load_n(&run.stop, __ATOMIC_RELAXED); i++) {
		connect_once(way_of(i + number * 37), account);
		soak_patience_renew(patience);
		if (number == 0 && i % LOOK_EVERY == 0)
			look();
	}
	timer_delete(patience);
}

static int hit(unsigned threads)
{
	struct account sum = {0}, *a;
	int before;

	find_ways(threads == 1);
	if (run.way_count == 0)
		return 1;
	before = soak_descriptors();
	run.resets_before = soak_resets();
	if (run.signals)
		soak_signals();
	soak_in_threads(threads, threads == 1 ? connect_alone : connect_in_thread, NULL);
	for (a = run.accounts; a < run.accounts + threads; a++) {
		sum.connects += a->connects, sum.refused += a->refused, sum.seen += a->seen;
		sum.hung += a->hung, sum.other += a->other, sum.samples += a->samples,
			sum.missed += a->missed;
	}
	soak_say("hits %s ways=%u threads=%u connects=%lu resets=%ld refused=%lu seen=%lu hung=%lu "
		 "other=%lu"
		 " samples=%lu missed=%lu descriptors=%d data=%ld anonymous=%ld left=%d\n",
		 run.name, run.way_count, threads, sum.connects,
		 soak_resets() - run.resets_before - (long)(sum.samples - sum.missed), sum.refused,
		 sum.seen, sum.hung, sum.other, sum.samples, sum.missed,
		 soak_descriptors() - before, run.late.data - run.early.data,
		 run.late.anonymous - run.early.anonymous, soak_sockets(0, 0));
	return 0;
}

static unsigned long number(const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*end || value == 0) {
		fprintf(stderr, "soak: %s is not a count\n", text);
		exit(2);
	}
	return value;
}

static unsigned threads_of(const char *text)
{
	unsigned long threads = number(text);

	return threads < SOAK_THREADS ? (unsigned)threads : SOAK_THREADS;
}

int main(int argc, char *argv[])
{
	const char *what = argc > 1 ? argv[1] : "";

	/* A shell ignores Ctrl-C for what it starts in the background. */
	signal(SIGINT, SIG_DFL);
	if (strcmp(what, "serve") == 0 && argc == 4)
		return soak_serve(argv[2], number(argv[3]));
	if (strcmp(what, "ask") == 0 && argc == 6)
		return soak_ask(argv[2], argv[3], number(argv[4]), threads_of(argv[5]));
	run.signals = strcmp(what, "signals") == 0;
	if (((run.signals || strcmp(what, "alone") == 0) && argc == 4) ||
	    (strcmp(what, "threads") == 0 && argc == 5)) {
		run.name = argv[2];
		run.count = number(argv[3]);
		return hit(argc == 5 ? threads_of(argv[4]) : 1);
	}
	fputs("usage: soak alone|threads|serve|ask ...; run scripts/soak\n", stderr);
	return 2;
}
