/* SPDX-License-Identifier: MIT */
/*
 * All that the library takes from the libc of the process. Every import is weak and without a
 * version, so that one file loads beside every libc, and into a program that has none. A function
 * that is missing is NULL; the caller says what happens then.
 */
#ifndef NSC_IMPORTS_H
#define NSC_IMPORTS_H

#include <dlfcn.h>
#include <errno.h>
#include <sys/auxv.h>
#include <time.h>
#include <unistd.h>

#pragma weak dlsym
#pragma weak environ
#pragma weak getauxval
#pragma weak syscall
/* A program without libc does not call connect(), so errno has a place wherever it is used. */
#pragma weak __errno_location

/* With 64-bit time on a 32-bit machine libc's header gives this function another name. */
extern __typeof__(clock_gettime) clock_gettime __attribute__((weak));

/* glibc's alone: tells glibc from others. */
#pragma weak gnu_get_libc_version
extern const char *gnu_get_libc_version(void);

/*
 * glibc's cancellation handlers. Before 2.34 they are in libpthread, which not every program has.
 * musl's <pthread.h> declares functions of the same names, so they have others here.
 */
extern void nsc_libc_cleanup_push(void *buffer, void (*routine)(void *),
				  void *argument) __asm__("_pthread_cleanup_push")
	__attribute__((weak));
extern void nsc_libc_cleanup_pop(void *buffer, int execute) __asm__("_pthread_cleanup_pop")
	__attribute__((weak));

/* pthread_atfork(3) in glibc is this call, with the __dso_handle of the start files. musl has none
 * of it; its pthread_atfork() would need malloc(3). */
#pragma weak __register_atfork
extern int __register_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void),
			     void *dso_handle);

/*
 * Before 2.34 dlsym() is in libdl, which not every program has. These are how glibc's own parts
 * look symbols up without it.
 */
#pragma weak __libc_dlopen_mode
#pragma weak __libc_dlsym
extern void *__libc_dlopen_mode(const char *name, int mode);
extern void *__libc_dlsym(void *library, const char *name);

#endif
