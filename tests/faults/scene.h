/* SPDX-License-Identifier: MIT */
/*
 * One guarded call that connects to itself, and its result. The network namespace has two ports,
 * 40000 and 40001, and the first connect() always gets the first.
 */
#ifndef NSC_FAULTS_SCENE_H
#define NSC_FAULTS_SCENE_H

#include <stdbool.h>

#include "errors.h"
#include "settings.h"

enum kind {
	KIND_PLAIN,    /* a socket as socket(2) makes it, by connect(2) */
	KIND_FASTOPEN, /* the same, by sendto(2) with MSG_FASTOPEN */
	KIND_SERVED,   /* the caller has set an address and options; the server is back before the
			  retry */
	KIND_SHARED,   /* another connection uses the port, too, so it cannot be held */
	KIND_OWN,      /* the caller has bound the port: a deliberate self-connection */
	KIND_INTERRUPTED, /* a signal ended the wait before the connection was made: EINTR */
	KINDS
};

struct scene {
	enum kind kind;
	int family; /* AF_INET or AF_INET6 */
	bool nonblocking;
	enum nsc_method method;
	bool refuses; /* NOSELFCONN_GIVE_UP=refuse and no retries */
	enum nsc_log log;
	bool log_in_file; /* noselfconn.conf names it */
	bool broken;      /* standard error is a pipe without a reader */
};

/* The result of a call. Without a fault it is one of the first five. */
enum end {
	END_REPLACED,      /* refused or connected to the server, by a fresh socket */
	END_REWOUND,       /* the same, by the same socket */
	END_KEPT,          /* a deliberate self-connection */
	END_REPLACED_SHUT, /* replaced, but a server could not bind the port during the call */
	END_REWOUND_SHUT,
	END_REPLACED_LESS, /* replaced, but an option that a teardown destroys was lost */
	END_REWOUND_LESS,
	END_REFUSED_OWN, /* a deliberate self-connection that was refused */
	END_HANDED_ON,   /* the error of the caller's own call */
	END_LEFT,        /* still connected to itself */
	END_CANNOT_FAIL, /* not run: this call cannot fail */
	END_WRONG,       /* a result that the kernel cannot give, or a loss: a bug */
	ENDS
};

/*
 * Call before and after a scene's cases. scene_close() returns NULL, or a description of what was
 * left behind.
 */
void scene_open(const struct scene *scene);
const char *scene_close(const struct scene *scene);

/* Begins a case. Set up the seam between this and scene_play(). */
void scene_begin(const struct scene *scene);

/* Runs the case. `fault` is the seam's fault or NULL. */
enum end scene_play(const struct scene *scene, const struct fault *fault);

/* After END_WRONG, describes what was wrong. */
extern char scene_wrong[160];

#endif
