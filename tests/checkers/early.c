/* SPDX-License-Identifier: MIT */
/*
 * Uses an interposed function before the shim's constructor has run, in one thread and then in
 * another. ThreadSanitizer reports if the second misses what the first has loaded. Links with the
 * shim itself.
 */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

static bool loaded, failed[2];

static void use_doors(bool *fails)
{
	*fails =
		connect(-1, NULL, 0) != -1 || errno != EBADF || sendto(-1, "", 1, 0, NULL, 0) != -1;
}

static void *load(void *unused)
{
	use_doors(&failed[0]);
	/*
	 * Relaxed: it orders the threads in time but publishes nothing that the other has written.
	 */
	__atomic_store_n(&loaded, true, __ATOMIC_RELAXED);
	return unused;
}

static void *use(void *unused)
{
	while (!__atomic_load_n(&loaded, __ATOMIC_RELAXED))
		;
	use_doors(&failed[1]);
	return unused;
}

/* Runs before the shim's constructor, which has no priority. */
__attribute__((constructor(101))) static void start(void)
{
	pthread_t threads[2];

	pthread_create(&threads[0], NULL, load, NULL);
	pthread_create(&threads[1], NULL, use, NULL);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
}

int main(void)
{
	return failed[0] || failed[1];
}
