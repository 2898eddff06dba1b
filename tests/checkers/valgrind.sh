# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# Valgrind for scripts/check: the unchanged tests, and clients under the shim. The *.supp files hold
# the suppressions and their reasons.
# shellcheck disable=SC2154,SC2034 # below, dir, srcdir, top and environment are shared with scripts/check

# memcheck and helgrind share one build.
valgrind_build() {
	dir=$below/valgrind builddir=$below/valgrind
	mkdir -p "$dir"
	try "builds" build '-g -O1' libnoselfconn.la tests/unit/unit tests/live/live tests/soak/soak tests/lib/connects
}

# Helgrind knows locks but treats C's atomic operations as plain accesses. So every line with an
# atomic operation is suppressed, and no other: a plain access to the same variable is still
# reported. TSan knows atomic operations and needs no suppression.
atomic_lines() {
	(cd "$top" && grep -n '__atomic_' src/shim/*.[ch] tests/lib/*.[ch] tests/unit/*.[ch] tests/live/*.[ch] tests/soak/*.[ch]) | while IFS=: read -r file line _; do
		printf '{\n\tatomic\n\tHelgrind:Race\n\tsrc:%s:%s\n}\n' "$(basename "$file")" "$line"
	done
}

# usage: under_valgrind TOOL SUPPRESSIONS OPTIONS
# Sets runner, the command prefix, and excludes the tests that the tool cannot run.
under_valgrind() {
	runner="valgrind -q --tool=$1 --suppressions=$2 --error-exitcode=9 --exit-on-first-error=no $3"
	# valgrind has descriptors of its own, cannot execute itself again, and needs its system
	# calls. Tests of wild pointers are left to the kernel: valgrind would report them.
	export CK_EXCLUDE_TAGS='anew counted denied wild'
	shimmed="LD_PRELOAD=$dir/.libs/libnoselfconn.so NSC_TESTS_PRELOADED=yes"
}

check_memcheck() {
	valgrind_build || return
	# libc's data of a running thread shows as "possibly lost".
	under_valgrind memcheck "$srcdir/tests/checkers/memcheck.supp" \
		'--leak-check=full --errors-for-leak-kinds=definite --show-leak-kinds=definite'
	# shellcheck disable=SC2086 # words
	try "tests/unit/unit" passes $runner tests/unit/unit
	# shellcheck disable=SC2086 # words
	try "tests/live/live" passes env $shimmed $runner tests/live/live
	for method in auto replace rewind; do
		environment="$shimmed NOSELFCONN_METHOD=$method"
		try "tests/soak, $method" soak 40001 hits 600
	done
	environment="$shimmed NOSELFCONN_LOG=$dir/repairs"
	try "tests/soak with a log" soak 40001 hits 200
	for kind in accepted progressing refused local closed; do
		# shellcheck disable=SC2086 # words
		try "tests/lib/connects $kind" "$netns" 40000 40999 -- env $shimmed $runner tests/lib/connects $kind 40002 100
	done
}

check_helgrind() {
	valgrind_build || return
	atomic_lines >"$dir/helgrind.supp"
	under_valgrind helgrind "$dir/helgrind.supp" ''
	for suite in guard_wait cleanup ephemeral signals; do
		# shellcheck disable=SC2086 # words
		try "tests/unit/unit, $suite" passes env CK_RUN_SUITE=$suite $runner tests/unit/unit
	done
	for suite in waiters threads; do
		# shellcheck disable=SC2086 # words
		try "tests/live/live, $suite" passes env CK_RUN_SUITE=$suite $shimmed $runner tests/live/live
	done
	for method in auto replace rewind; do
		environment="$shimmed NOSELFCONN_METHOD=$method"
		try "tests/soak with threads, $method" soak 40015 hits 4000 4
	done
}
