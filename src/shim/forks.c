/* SPDX-License-Identifier: MIT */
/* Remembers whether the process has forked since it was executed. */
#include "forks.h"

#include <stddef.h>

#include "imports.h"

struct nsc_forks nsc_forks;

static void remember(void)
{
	__atomic_store_n(&nsc_forks.seen, true, __ATOMIC_RELAXED);
}

void nsc_forks_watch(void)
{
	/* The last NULL: it is never unregistered, because the library is linked nodelete. */
	if (!nsc_forks.watched && __register_atfork)
		nsc_forks.watched = __register_atfork(remember, NULL, NULL, NULL) == 0;
}
