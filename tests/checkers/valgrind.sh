# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# Valgrind, for scripts/check: the tests as they are, and clients under the shim. Suppressions are in *.supp, with reasons.
# shellcheck disable=SC2154,SC2034 # below, dir, srcdir and environment are shared with scripts/check

# One build serves both.
valgrind_build() {
	dir=$below/valgrind builddir=$below/valgrind
	mkdir -p "$dir"
	try "builds" build '-g -O1' libnoselfconn.la tests/unit tests/live tests/soak tests/connects
}

# usage: under_valgrind TOOL OPTIONS: sets runner, the words in front of a program, and has tests left out that it cannot run
under_valgrind() {
	runner="valgrind -q --tool=$1 --suppressions=$srcdir/tests/checkers/$1.supp --error-exitcode=9 --exit-on-first-error=no $2"
	# Descriptors of its own, no way to execute itself anew, and no life without system calls; wild pointers are for
	# the kernel to refuse, and for valgrind to tell of.
	export CK_EXCLUDE_TAGS='anew counted denied wild'
	shimmed="LD_PRELOAD=$dir/.libs/libnoselfconn.so NSC_TESTS_PRELOADED=yes"
}

check_memcheck() {
	valgrind_build || return
	# What a running thread has of libc's is "possibly lost".
	under_valgrind memcheck '--leak-check=full --errors-for-leak-kinds=definite --show-leak-kinds=definite'
	# shellcheck disable=SC2086 # words
	try "tests/unit" passes $runner tests/unit
	# shellcheck disable=SC2086 # words
	try "tests/live" passes env $shimmed $runner tests/live
	for method in auto replace rewind; do
		environment="$shimmed NOSELFCONN_METHOD=$method"
		try "tests/soak alone, $method" soak 40001 alone "$method" 600
	done
	environment="$shimmed NOSELFCONN_LOG=$dir/repairs"
	try "tests/soak, with a log" soak 40001 alone auto 200
	for kind in accepted progressing refused local closed; do
		# shellcheck disable=SC2086 # words
		try "tests/connects $kind" "$netns" 40000 40999 -- env $shimmed $runner tests/connects $kind 40002 100
	done
}

check_helgrind() {
	valgrind_build || return
	under_valgrind helgrind ''
	for suite in guard_wait cleanup ephemeral signals; do
		# shellcheck disable=SC2086 # words
		try "tests/unit, $suite" passes env CK_RUN_SUITE=$suite $runner tests/unit
	done
	# shellcheck disable=SC2086 # words
	try "tests/live, waiters" passes env CK_RUN_SUITE=waiters $shimmed $runner tests/live
	for method in auto replace rewind; do
		environment="$shimmed NOSELFCONN_METHOD=$method"
		try "tests/soak threads, $method" soak 40099 threads "$method" 200 4
	done
}
