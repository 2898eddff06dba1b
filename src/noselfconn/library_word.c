/* SPDX-License-Identifier: MIT */
/* Finds the word for the library in LD_PRELOAD (ld.so(8)), and puts it there. */
#include "library_word.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exec.h"
#include "message.h"

/* glibc splits LD_PRELOAD at spaces and colons, musl at all white space. */
static const char separators[] = ": \t\n\v\f\r";

/* Returns true if LD_PRELOAD has this word. */
static bool is_preloaded(const char *word)
{
	const char *list = getenv("LD_PRELOAD");
	size_t length = strlen(word);

	while (list && *list) {
		size_t size = strcspn(list, separators);

		if (size == length && memcmp(list, word, size) == 0)
			return true;
		list += size + (list[size] != '\0');
	}
	return false;
}

/* Returns true if `handle` is the library's file. *loaded_as becomes ld.so's name for it. */
static bool is_library(void *handle, const struct library *library, const char **loaded_as)
{
	struct stat wanted, found;
	struct link_map *map;

	if (!handle || dlinfo(handle, RTLD_DI_LINKMAP, &map))
		return false;
	*loaded_as = map->l_name;
	return stat(map->l_name, &found) == 0 && stat(library->path, &wanted) == 0 &&
	       found.st_dev == wanted.st_dev && found.st_ino == wanted.st_ino;
}

static enum library_word try_words(const struct library *library)
{
	void *handle = dlopen(FIND_LIBRARY_NAME, RTLD_LAZY | RTLD_NOLOAD);
	const char *loaded_as;

	if (handle) {
		/* ld.so does not search for a name that it has loaded, so the name alone proves
		 * nothing here. */
		if (is_library(handle, library, &loaded_as) &&
		    (is_preloaded(FIND_LIBRARY_NAME) || is_preloaded(loaded_as)))
			return LIBRARY_KEPT;
	} else if (is_library(dlopen(FIND_LIBRARY_NAME, RTLD_LAZY), library, &loaded_as)) {
		return LIBRARY_NAME;
	}
	if (!find_library_has_usable_path(library)) {
		message_error("LD_PRELOAD cannot hold the path '%s': it has no quotes for white "
			      "space, colons and dollar signs; move noselfconn and its library to "
			      "another folder, or call it through a symbolic link to this one",
			      library->path);
		return LIBRARY_NONE;
	}
	if (dlopen(library->path, RTLD_LAZY))
		return LIBRARY_PATH;
	message_error("%s", dlerror());
	return LIBRARY_NONE;
}

/* These kill a process that loads a damaged library. */
static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE};
enum { FATAL = sizeof fatal / sizeof *fatal };

static char *damage_report;

/* The signal may come from inside malloc(3), so this calls nothing that could need it. */
static void report_damage(int number)
{
	(void)number;
	if (write(STDERR_FILENO, damage_report, strlen(damage_report)) < 0)
		_exit(EXEC_OWN_ERROR);
	_exit(EXEC_OWN_ERROR);
}

enum library_word library_word_find(const struct library *library)
{
	struct sigaction before[FATAL], report = {.sa_handler = report_damage};
	char **environment = environ, *preload = getenv("LD_PRELOAD");
	char *only_preload[] = {preload ? preload - strlen("LD_PRELOAD=") : NULL, NULL};
	sigset_t unblocked, mask;
	enum library_word word;

	damage_report = message_format("%s: '%s' is damaged: it kills programs that load it\n",
				       message_program, library->path);
	sigemptyset(&unblocked);
	for (int i = 0; i < FATAL; i++) {
		sigaddset(&unblocked, fatal[i]);
		sigaction(fatal[i], &report, &before[i]);
	}
	sigprocmask(SIG_UNBLOCK, &unblocked, &mask);
	/* Without settings: the library would report those that it does not understand. */
	environ = only_preload;
	word = try_words(library);
	environ = environment;
	sigprocmask(SIG_SETMASK, &mask, NULL);
	for (int i = 0; i < FATAL; i++)
		sigaction(fatal[i], &before[i], NULL);
	return word;
}

int library_word_preload(const struct library *library, enum library_word word)
{
	const char *before = getenv("LD_PRELOAD");
	const char *text = word == LIBRARY_NAME ? FIND_LIBRARY_NAME : library->path;
	char *list;
	int result;

	if (word == LIBRARY_KEPT || is_preloaded(text))
		return 0;
	if (asprintf(&list, "%s%s%s", text, before && *before ? ":" : "", before ? before : "") < 0)
		return -ENOMEM;
	result = setenv("LD_PRELOAD", list, 1) ? -errno : 0;
	free(list);
	return result;
}
