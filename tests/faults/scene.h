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
	KIND_SERVED,   /* with an address and options of the caller's; the server is back before the
			  call is made again */
	KIND_SHARED,   /* another connection uses the port as well, so that it cannot be held */
	KIND_OWN,      /* the caller has bound the port: it means to connect to itself */
	KIND_INTERRUPTED, /* the wait of a blocking call was over before its connection was made:
			     EINTR */
	KINDS
};

struct scene {
	enum kind kind;
	int family; /* AF_INET or AF_INET6 */
	bool nonblocking;
	enum nsc_method method;
	bool refuses; /* NOSELFCONN_GIVE_UP=refuse, without a retry before */
	enum nsc_log log;
	bool broken; /* standard error is a pipe that nobody reads any more */
};

/* The result of a call. Without a fault it is one of the first five. */
enum end {
	END_REPLACED, /* no self-connection: refused, or connected to the server; by a fresh socket
		       */
	END_REWOUND,  /* the same, by the same socket */
	END_KEPT,     /* a deliberate self-connection */
	END_REPLACED_SHUT, /* the first two, but the server could not take its port until the call
			      was over */
	END_REWOUND_SHUT,
	END_REPLACED_LESS, /* the first two, but an option that tearing down destroys could not be
			      read or set */
	END_REWOUND_LESS,
	END_REFUSED_OWN, /* a deliberate self-connection that was refused */
	END_HANDED_ON,   /* the error of the caller's own call */
	END_LEFT,        /* connected to itself */
	END_CANNOT_FAIL, /* the call: not played */
	END_WRONG,       /* what the kernel could not have given, or something is lost: a bug */
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
